package colorteller.meshcertificates;

import static software.amazon.lambda.powertools.logging.argument.StructuredArguments.entry;

import colorteller.aws.AwsErrors;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.cert.X509CertificateHolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ssm.SsmClient;

/**
 * Makes what is lacking and renews what is old. Each run looks for itself, so that one that ends
 * halfway is made good by the next.
 *
 * <p>An authority is replaced in steps, so that at no time somebody meets a certificate that he
 * does not trust: first everybody is told to trust the next one as well; once every task has
 * started since, it signs; the old one is trusted until it expires.
 */
final class Renewal {

  private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);

  static final String AUTHORITY = "authority";
  static final String NEXT_AUTHORITY = "next-authority";
  static final String TRUST_BUNDLE = "trust-bundle";
  private static final Set<String> NO_IDENTITIES = Set.of(AUTHORITY, NEXT_AUTHORITY, TRUST_BUNDLE);

  /** So long before its end, a certificate is renewed: failed runs have time to be seen. */
  static final Duration EARLY = Duration.ofDays(10);

  /** So long before its end, an authority is replaced. */
  static final Duration AUTHORITY_EARLY = Duration.ofDays(120);

  private final SsmClient ssm;
  private final String prefix;
  private final String authorityKey;
  private final Services services;
  private final Clock clock;

  Renewal(SsmClient ssm, String prefix, String authorityKey, Services services, Clock clock) {
    this.ssm = ssm;
    this.prefix = prefix;
    this.authorityKey = authorityKey;
    this.services = services;
    this.clock = clock;
  }

  /**
   * Runs once. Certificates are made even if ECS does not say which services there are: then none
   * is deployed anew, and the next authority goes on waiting.
   *
   * @param wanted URIs of those who are to have a certificate beside those who have one, by the
   *     names of their parameters
   * @return what has not gone well of services that are to be deployed anew, a line each
   */
  List<String> run(Map<String, String> wanted) {
    Instant now = clock.instant();
    Parameters parameters = Parameters.read(ssm, prefix);
    Optional<List<Services.Running>> running;
    String fault = "";
    try {
      running = Optional.of(services.read());
    } catch (SdkException e) {
      running = Optional.empty();
      fault =
          "No service is deployed anew, for ECS does not say which there are: " + AwsErrors.line(e);
    }
    Authority authority = authority(parameters, running, now);
    identities(parameters, wanted)
        .forEach((name, uri) -> renew(parameters, name, uri, authority, now));
    return running.map(known -> services.roll(known, parameters.all(), now)).orElse(List.of(fault));
  }

  /**
   * Runs as the schedule asks.
   *
   * @throws IllegalStateException if something has not gone well of services that were to be
   *     deployed anew: the function fails then, which somebody is told
   */
  void runScheduled() {
    List<String> failed = run(Map.of());
    if (!failed.isEmpty()) {
      throw new IllegalStateException(String.join(" | ", failed));
    }
  }

  /** Removes all parameters. */
  void remove() {
    Parameters.deleteAll(ssm, prefix);
  }

  private Authority authority(
      Parameters parameters, Optional<List<Services.Running>> running, Instant now) {
    Optional<Authority> current = stored(parameters, AUTHORITY);
    Optional<Authority> next = stored(parameters, NEXT_AUTHORITY);
    // Whom it signs for would soon not be trusted: nobody may wait for tasks any more.
    boolean urgent = current.filter(authority -> !endsSoon(authority, now)).isEmpty();
    if (urgent && next.filter(authority -> !endsSoon(authority, now)).isEmpty()) {
      // The first, or all were left alone for so long.
      Authority made = Authority.create(now);
      if (current.isEmpty()) {
        parameters.create(AUTHORITY, Pem.of(made.own()), authorityKey, now);
      } else {
        parameters.put(AUTHORITY, Pem.of(made.own()), authorityKey, now);
        parameters.delete(List.of(NEXT_AUTHORITY));
      }
      LOG.info(
          "Made an authority",
          entry("until", made.own().certificate().getNotAfter().toInstant().toString()));
      trust(parameters, List.of(made), now);
      return made;
    }
    if (next.isEmpty() && current.orElseThrow().own().endsWithin(AUTHORITY_EARLY, now)) {
      next = Optional.of(Authority.create(now));
      parameters.create(NEXT_AUTHORITY, Pem.of(next.get().own()), authorityKey, now);
      LOG.info("Made the next authority, which does not sign yet");
    }
    trust(parameters, Stream.concat(current.stream(), next.stream()).toList(), now);
    // In an emergency, too, it is the next one: most tasks trust it already.
    if (next.isPresent()
        && (urgent || running.filter(known -> isTrustedByAll(parameters, known)).isPresent())) {
      parameters.put(AUTHORITY, Pem.of(next.get().own()), authorityKey, now);
      parameters.delete(List.of(NEXT_AUTHORITY));
      LOG.info("The next authority signs from now on");
      return next.get();
    }
    return current.orElseThrow();
  }

  private static boolean endsSoon(Authority authority, Instant now) {
    return authority.own().endsWithin(Authority.CERTIFICATE_LIFE, now);
  }

  private static Optional<Authority> stored(Parameters parameters, String name) {
    return parameters.value(name).map(Pem::keyAndCertificate).map(Authority::new);
  }

  /** Whether all tasks that are given the trust bundle were given the one of now. */
  private static boolean isTrustedByAll(Parameters parameters, List<Services.Running> running) {
    Instant changed = parameters.get(TRUST_BUNDLE).orElseThrow().changed();
    return running.stream()
        .filter(service -> service.parameters().contains(TRUST_BUNDLE))
        .allMatch(service -> service.hasStartedSince(changed));
  }

  /** Adds authorities to those who are trusted, and leaves those out who have expired. */
  private static void trust(Parameters parameters, List<Authority> authorities, Instant now) {
    String before = parameters.value(TRUST_BUNDLE).orElse("");
    List<X509CertificateHolder> trusted = new ArrayList<>();
    Stream.concat(
            Pem.certificates(before).stream(), authorities.stream().map(a -> a.own().certificate()))
        .filter(certificate -> certificate.getNotAfter().toInstant().isAfter(now))
        .distinct()
        .forEach(trusted::add);
    String after = Pem.of(trusted);
    if (!after.equals(before)) {
      parameters.put(TRUST_BUNDLE, after, Parameters.AWS_KEY, now);
    }
  }

  /** Who has a certificate, and who is to have one. */
  private static Map<String, String> identities(Parameters parameters, Map<String, String> wanted) {
    Map<String, String> identities = new LinkedHashMap<>();
    parameters
        .all()
        .forEach(
            (name, parameter) -> {
              if (!NO_IDENTITIES.contains(name)) {
                identities.put(name, Pem.keyAndCertificate(parameter.value()).uris().get(0));
              }
            });
    identities.putAll(wanted);
    return identities;
  }

  private static void renew(
      Parameters parameters, String name, String uri, Authority authority, Instant now) {
    boolean stays =
        parameters
            .value(name)
            .map(Pem::keyAndCertificate)
            .filter(own -> own.isOf(authority))
            .filter(own -> own.uris().equals(List.of(uri)))
            .filter(own -> !own.endsWithin(EARLY, now))
            .isPresent();
    if (!stays) {
      KeyAndCertificate issued = authority.issue(uri, now);
      parameters.put(name, Pem.of(issued), Parameters.AWS_KEY, now);
      LOG.info(
          "Issued a certificate",
          entry("uri", uri),
          entry("until", issued.certificate().getNotAfter().toInstant().toString()));
    }
  }
}
