/* The scenario's part of report.json: areas, actors, channels, dated events, schedules, facts. See web/FORMAT.md. */
#include "output/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- areas ---- */

static double round_degrees(double degrees) {
    return round(degrees * 1e4) / 1e4;
}

static void add_point(json *array, double longitude, double latitude) {
    json *point = json_add_array(array);
    output_add_value(point, longitude, 4);
    output_add_value(point, latitude, 4);
}

/** Twice the signed area of a closed ring in the plane of the map; above 0: anticlockwise with north up. */
static double ring_area(const world_point *points, uint32_t n) {
    double sum = 0;
    for (uint32_t i = 0; i + 1 < n; i++)
        sum += (points[i].longitude - points[0].longitude) * (points[i + 1].latitude - points[0].latitude) -
               (points[i + 1].longitude - points[0].longitude) * (points[i].latitude - points[0].latitude);
    return sum;
}

/** A ring, outer ones clockwise and holes anticlockwise (what d3-geo expects), without points that rounding made equal.
 */
static void add_ring(json *polygon, const world_point *points, const world_ring *ring) {
    json *array = json_add_array(polygon);
    bool is_reversed = (ring_area(points, ring->n_points) > 0) != (ring->is_hole != 0);
    double last_longitude = NAN, last_latitude = NAN;
    for (uint32_t i = 0; i < ring->n_points; i++) {
        const world_point *point = &points[is_reversed ? ring->n_points - 1 - i : i];
        double longitude = round_degrees(point->longitude), latitude = round_degrees(point->latitude);
        if (longitude == last_longitude && latitude == last_latitude)
            continue;
        add_point(array, longitude, latitude);
        last_longitude = longitude;
        last_latitude = latitude;
    }
}

static void put_polygons(const world *w, const world_area *area, json *object) {
    const world_ring *rings = world_rings(w, NULL);
    const world_point *points = world_points(w, NULL);
    json *polygons = json_put_array(object, "polygons"), *polygon = NULL;
    for (uint32_t i = area->first_ring; i < area->first_ring + area->n_rings; i++) {
        if (!rings[i].is_hole || polygon == NULL)
            polygon = json_add_array(polygons);
        add_ring(polygon, points + rings[i].first_point, &rings[i]);
    }
}

static void put_areas(const world *w, json *root) {
    size_t n = 0;
    const world_area *areas = world_areas(w, &n);
    json *array = json_put_array(root, "areas");
    for (size_t i = 0; i < n; i++) {
        json *area = json_add_object(array);
        output_put_text(area, "name", world_string(w, areas[i].name));
        json *centre = json_put_array(area, "centre");
        output_add_value(centre, areas[i].longitude, 4);
        output_add_value(centre, areas[i].latitude, 4);
        json_put_number(area, "population", areas[i].population);
        json_put_number(area, "area_km2", round(areas[i].area_km2 * 10) / 10);
        put_polygons(w, &areas[i], area);
    }
}

/* ---- actors and channels ---- */

static void put_actors(const world *w, json *root) {
    size_t n = 0;
    const world_actor *actors = world_actors(w, &n);
    json *array = json_put_array(root, "actors");
    for (size_t i = 0; i < n; i++) {
        const world_actor *a = &actors[i];
        json *actor = json_add_object(array);
        output_put_text(actor, "id", world_string(w, a->id));
        output_put_text(actor, "title", output_actor_title(w, (uint32_t)i));
        json_put_string(actor, "kind", a->kind == WORLD_FACTION ? "faction" : "power");
        json_put_integer(actor, "colour", a->faction >= 0 ? a->faction : (int64_t)w->n_factions + a->power);
        json_put_integer(actor, "family", world_family(w, (uint32_t)i));
        output_put_index(actor, "part_of", a->part_of);
        output_put_index(actor, "sponsor", a->sponsor);
        output_put_date(actor, "founded", a->founded);
    }
    array = json_put_array(root, "factions");
    for (uint32_t i = 0; i < w->n_factions; i++)
        json_add_integer(array, world_actor_of_faction(w, i));
    array = json_put_array(root, "powers");
    for (uint32_t i = 0; i < w->n_powers; i++)
        json_add_integer(array, world_actor_of_power(w, i));
}

static void put_channels(const world *w, json *root) {
    size_t n = 0;
    const world_channel *channels = world_channels(w, &n);
    json *array = json_put_array(root, "channels");
    for (size_t i = 0; i < n; i++) {
        const world_channel *c = &channels[i];
        text_buffer title;
        text_buffer_init(&title);
        text_add_format(&title, "%s – %s", c->actor_a >= 0 ? output_actor_title(w, (uint32_t)c->actor_a) : "?",
                        c->actor_b >= 0 ? output_actor_title(w, (uint32_t)c->actor_b) : "civilians");
        json *channel = json_add_object(array);
        output_put_text(channel, "id", world_string(w, c->id));
        output_put_text(channel, "title", title.data);
        json_put_string(channel, "kind", c->kind == WORLD_BATTLE ? "battle" : "one_sided");
        output_put_index(channel, "a", c->actor_a);
        output_put_index(channel, "b", c->actor_b);
        text_buffer_clear(&title);
    }
}

/* ---- what the scenario says ---- */

static void put_whatif(const world *w, int32_t whatif, json *object) {
    if (whatif < 0)
        json_put_string(object, "whatif", NULL);
    else
        output_put_text(object, "whatif", world_string(w, world_whatifs(w, NULL)[whatif].id));
}

static void put_range(json *object, const world_number *number) {
    json_put_number(object, "value", number->value);
    json_put_number(object, "low", number->low);
    json_put_number(object, "high", number->high);
}

static void put_cast(json *object, int32_t actor, int32_t other, int32_t area) {
    output_put_index(object, "actor", actor);
    output_put_index(object, "other", other);
    output_put_index(object, "area", area);
}

static void put_rulers(const world *w, json *root) {
    size_t n = 0;
    const world_ruler *rulers = world_rulers(w, &n);
    json *array = json_put_array(root, "rulers");
    for (size_t i = 0; i < n; i++) {
        json *ruler = json_add_object(array);
        output_put_date(ruler, "from", rulers[i].from);
        output_put_index(ruler, "actor", rulers[i].actor);
        output_put_date(ruler, "known", rulers[i].known);
        output_put_index(ruler, "source", rulers[i].source);
    }
}

static void put_events(const world *w, output_months months, json *root) {
    size_t n = 0;
    const world_event *events = world_events(w, &n);
    json *array = json_put_array(root, "dated_events");
    for (size_t i = 0; i < n; i++) {
        const world_event *e = &events[i];
        int64_t month = (int64_t)month_from_day(e->day) - months.first;
        json *event = json_add_object(array);
        output_put_text(event, "id", world_string(w, e->id));
        output_put_text(event, "title", world_string(w, e->title));
        output_put_date(event, "date", e->day);
        output_put_index(event, "month", month >= 0 && month < months.n ? (int32_t)month : WORLD_NONE);
        json_put_string(event, "kind", world_event_kind_name(e->kind));
        put_cast(event, e->actor, e->other, e->area);
        if (isnan(e->amount.value))
            json_put_string(event, "amount", NULL);
        else
            put_range(json_put_object(event, "amount"), &e->amount);
        output_put_index(event, "source", e->amount.source);
        put_whatif(w, e->whatif, event);
        json_put_bool(event, "off", e->off != 0);
    }
}

static void put_schedules(const world *w, json *root) {
    size_t n = 0;
    const world_schedule *schedules = world_schedules(w, &n);
    const world_schedule_step *steps = world_schedule_steps(w, NULL);
    json *array = json_put_array(root, "schedules");
    for (size_t i = 0; i < n; i++) {
        const world_schedule *s = &schedules[i];
        json *schedule = json_add_object(array);
        output_put_text(schedule, "id", world_string(w, s->id));
        json_put_string(schedule, "kind", world_schedule_kind_name(s->kind));
        put_cast(schedule, s->actor, s->other, s->area);
        put_whatif(w, s->whatif, schedule);
        json *list = json_put_array(schedule, "steps");
        for (uint32_t k = s->first_step; k < s->first_step + s->n_steps; k++) {
            json *step = json_add_object(list);
            output_put_date(step, "from", steps[k].from);
            put_range(step, &steps[k].value);
            output_put_date(step, "known", steps[k].known);
            output_put_index(step, "source", steps[k].value.source);
        }
    }
}

static void put_facts(const world *w, json *root) {
    size_t n = 0;
    const world_fact *facts = world_facts(w, &n);
    json *array = json_put_array(root, "facts");
    for (size_t i = 0; i < n; i++) {
        const world_fact *f = &facts[i];
        json *fact = json_add_object(array);
        json_put_string(fact, "about", world_fact_name(f->about));
        output_put_text(fact, "title", world_string(w, f->title));
        put_cast(fact, f->actor, f->other, f->area);
        output_put_date(fact, "first", f->first);
        output_put_date(fact, "last", f->last);
        output_put_date(fact, "known", f->known);
        put_range(fact, &f->number);
        json_put_bool(fact, "upper_bound", f->is_upper_bound != 0);
        json_put_integer(fact, "of", f->of);
        output_put_index(fact, "source", f->number.source);
    }
}

void output_report_scenario_put(const world *w, output_months months, json *root) {
    put_areas(w, root);
    put_actors(w, root);
    put_channels(w, root);
    put_rulers(w, root);
    put_events(w, months, root);
    put_schedules(w, root);
    put_facts(w, root);
}
