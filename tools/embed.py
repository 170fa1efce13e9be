#!/usr/bin/env python3
"""Turn a file into a C array, so that the program needs no file beside it.

Usage: embed.py INPUT OUTPUT SYMBOL     writes `const unsigned char SYMBOL[]` and `const size_t SYMBOL_size`
"""
import os
import sys


def main(source, target, symbol):
    with open(source, "rb") as f:
        data = f.read()
    with open(target, "w", encoding="ascii") as out:
        out.write(f"/* Made from {os.path.basename(source)}; do not edit. */\n#include <stddef.h>\n\n")
        out.write(f"extern const unsigned char {symbol}[];\nextern const size_t {symbol}_size;\n")
        out.write(f"const unsigned char {symbol}[] = {{\n")
        for at in range(0, len(data), 24):
            out.write(",".join(map(str, data[at:at + 24])) + ",\n")
        out.write(f"0}}; /* the last byte is no part of it */\nconst size_t {symbol}_size = {len(data)};\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
