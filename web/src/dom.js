// Elements in one call. Texts of the report come from users: strings become text nodes, never HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
    for (const [key, value] of Object.entries(attributes ?? {})) {
        if (value == null || value === false) continue;
        if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
        else if (key === "style") for (const [name, v] of Object.entries(value)) element.style.setProperty(name, v);
        else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
    return element;
}

/** An HTML element: h("p", {class: "note"}, "text", child, ...). Null children are left out. */
export const h = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);

/** An SVG element. */
export const s = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

let nextId = 0;
export const uniqueId = (stem) => `${stem}-${++nextId}`;
