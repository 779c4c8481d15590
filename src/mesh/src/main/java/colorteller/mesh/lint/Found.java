package colorteller.mesh.lint;

import colorteller.mesh.template.Place;

/** A place, and what is wrong there in a sentence. */
record Found(Place place, String reason) {}
