package colorteller.mesh.lint;

import colorteller.mesh.template.Place;

/**
 * Something that a rule found.
 *
 * @param rule the rule
 * @param place where it stands
 * @param reason what is wrong there, in a sentence
 */
public record Finding(LintRule rule, Place place, String reason) {}
