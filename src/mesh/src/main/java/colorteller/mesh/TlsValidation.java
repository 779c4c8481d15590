package colorteller.mesh;

import java.util.List;

/**
 * How the other side's certificate is checked.
 *
 * @param trust who must have signed it
 * @param names one of which its subject alternative names must have; empty where nothing is said
 */
public record TlsValidation(Trust trust, List<String> names) {}
