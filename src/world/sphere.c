/* Lengths on the sphere of the Earth's mean radius, areas on the WGS 84 ellipsoid.
 *
 *   distance = 2 R asin sqrt( sin^2(dphi/2) + cos phi_a cos phi_b sin^2(dlambda/2) ),  R = 6371.0088 km
 *   area     = a^2/2 | sum_i lambda_i (q_{i+1} - q_{i-1}) / 2 |
 *   q(phi)   = (1 - e^2) ( s / (1 - e^2 s^2) + artanh(e s) / e ),  s = sin phi
 *
 * (lambda, q) are the coordinates of Lambert's cylindrical equal-area projection, in which a ring's area is the plane
 * one. Edges are straight there; for edges of some km this differs from great circles by far less than coordinates
 * rounded to 1e-4 degrees do.
 *
 * Sources: haversine, Sinnott (1984) Sky and Telescope 68:159; mean radius, Moritz (2000) J. Geodesy 74:128-133;
 * q, Snyder (1987) Map Projections - A Working Manual, USGS Professional Paper 1395, eq. 3-12; polygons by their
 * equal-area coordinates, Chamberlain & Duquette (2007) Some Algorithms for Polygons on a Sphere, JPL 07-03. */
#include "world/sphere.h"

#include "world/geography.h"

#include <math.h>

#define EARTH_RADIUS_KM 6371.0088
#define WGS84_A_KM 6378.137
#define WGS84_E2 0.0066943799901413165

static double radians(double degrees) {
    return degrees * (3.14159265358979323846 / 180);
}

double geography_distance_km(double longitude_a, double latitude_a, double longitude_b, double latitude_b) {
    double half_dphi = sin(radians(latitude_b - latitude_a) / 2);
    double half_dlambda = sin(radians(longitude_b - longitude_a) / 2);
    double h =
        half_dphi * half_dphi + cos(radians(latitude_a)) * cos(radians(latitude_b)) * half_dlambda * half_dlambda;
    return 2 * EARTH_RADIUS_KM * asin(sqrt(fmin(h, 1)));
}

double sphere_length_km(const world_point *points, size_t n) {
    double length = 0;
    for (size_t i = 1; i < n; i++)
        length += geography_distance_km(points[i - 1].longitude, points[i - 1].latitude, points[i].longitude,
                                        points[i].latitude);
    return length;
}

static double equal_area_latitude(double latitude) {
    const double e = sqrt(WGS84_E2);
    double s = sin(radians(latitude));
    return (1 - WGS84_E2) * (s / (1 - WGS84_E2 * s * s) + atanh(e * s) / e);
}

double sphere_ring_area_km2(const world_point *points, size_t n) {
    double sum = 0;
    if (n < 2)
        return 0;
    /* Longitudes from the first point on: a small ring far from Greenwich loses no digits. */
    double q_before = equal_area_latitude(points[0].latitude);
    for (size_t i = 1; i < n; i++) {
        double q = equal_area_latitude(points[i].latitude);
        double mean_longitude = (points[i - 1].longitude + points[i].longitude) / 2 - points[0].longitude;
        sum += radians(mean_longitude) * (q - q_before);
        q_before = q;
    }
    return WGS84_A_KM * WGS84_A_KM / 2 * fabs(sum);
}
