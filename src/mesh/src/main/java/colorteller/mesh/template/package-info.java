/**
 * Reads a mesh out of a CloudFormation template, and the workloads behind its nodes out of another
 * template or a workloads file. Whatever cannot be read is a {@link
 * colorteller.mesh.template.TemplateException}; nothing is skipped silently.
 */
@NullMarked
package colorteller.mesh.template;

import org.jspecify.annotations.NullMarked;
