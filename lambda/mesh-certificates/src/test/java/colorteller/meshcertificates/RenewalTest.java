package colorteller.meshcertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bouncycastle.cert.X509CertificateHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.ecs.model.DeploymentControllerType;
import software.amazon.awssdk.services.ssm.model.SsmException;

/** What a run makes and renews, as time passes. */
class RenewalTest {

  private static final String NODE = "mesh/shop/virtualNode/cart";
  private static final Map<String, String> WANTED =
      Map.of("control-plane", "spiffe://app-mesh/control-plane", NODE, "spiffe://app-mesh/" + NODE);

  private final World world = new World();

  private void run() {
    world.renewal().run(WANTED);
  }

  @Test
  void makesAnAuthorityAndACertificateForEach() throws Exception {
    run();
    assertThat(world.values()).containsOnlyKeys("authority", "trust-bundle", "control-plane", NODE);
    for (String name : WANTED.keySet()) {
      X509Certificate certificate = certificate(world.value(name));
      assertThat(certificate.getSubjectAlternativeNames())
          .extracting(names -> (Object) names.get(1))
          .containsExactly(WANTED.get(name));
      assertThat(certificate.getNotAfter().toInstant())
          .isEqualTo(world.now().plus(Authority.CERTIFICATE_LIFE));
      assertThat(certificate.getBasicConstraints()).as("no authority").isEqualTo(-1);
      assertTrusted(world.value(name), world.value("trust-bundle"));
    }
    assertThat(world.value("trust-bundle")).doesNotContain("PRIVATE");
    assertThat(world.rolled()).isEmpty();
  }

  @Test
  void anotherRunChangesNothing() {
    run();
    Map<String, String> before = world.values();
    world.pass(Duration.ofDays(1));
    world.renewal().run(Map.of());
    assertThat(world.values()).isEqualTo(before);
  }

  @Test
  void renewsBeforeTheEndAndDeploysWhoHasTheOldOne() {
    run();
    world.deploy("cart", NODE, "trust-bundle");
    world.deploy("other");
    String before = world.value(NODE);
    world.pass(Authority.CERTIFICATE_LIFE.minus(Renewal.EARLY).plusDays(1));
    world.renewal().run(Map.of());
    assertThat(world.value(NODE)).isNotEqualTo(before);
    assertThat(Pem.keyAndCertificate(world.value(NODE)).key())
        .as("a new key")
        .isNotEqualTo(Pem.keyAndCertificate(before).key());
    assertThat(world.rolled()).containsExactly("cart");
    world.renewal().run(Map.of());
    assertThat(world.rolled()).as("it is on its way").isEmpty();
  }

  /** A service with the certificates of before, after a run that has found them old. */
  private void deployAndLetCertificatesBeOld() {
    run();
    world.deploy("cart", NODE, "trust-bundle");
    world.deploy("shelf", NODE);
    world.pass(Authority.CERTIFICATE_LIFE.minus(Renewal.EARLY).plusDays(1));
    assertThat(renew()).isEmpty();
    assertThat(world.rolled()).containsExactly("cart", "shelf");
  }

  private List<String> renew() {
    return world.renewal().run(Map.of());
  }

  @Test
  void aDeploymentThatFailedIsSaidAndTriedAgainByTheNextRun() {
    deployAndLetCertificatesBeOld();
    world.finishDeployment("shelf");
    world.failDeployment("cart");
    world.pass(Duration.ofMinutes(2));
    assertThat(renew()).as("not so soon").isEmpty();
    assertThat(world.rolled()).isEmpty();

    world.pass(Duration.ofDays(1));
    assertThat(renew())
        .singleElement()
        .asString()
        .startsWith("cart has tasks without the certificates of 2027-01-22T00:00:00Z; its")
        .contains("PRIMARY of 2027-01-22T00:00:01Z FAILED tasks failed to start; ACTIVE of")
        .doesNotContain("\n");
    assertThat(world.rolled()).containsExactly("cart");
    world.pass(Duration.ofMinutes(1));
    assertThat(renew()).as("it is on its way").isEmpty();
    assertThat(world.rolled()).isEmpty();
    world.finishDeployments();
    world.pass(Duration.ofDays(1));
    assertThat(renew()).isEmpty();
    assertThat(world.rolled()).isEmpty();
  }

  @Test
  void soIsOneThatWasRolledBack() {
    deployAndLetCertificatesBeOld();
    world.finishDeployment("shelf");
    world.rollBack("cart");
    world.pass(Duration.ofDays(1));
    assertThatThrownBy(() -> world.renewal().runScheduled())
        .as("the function fails")
        .hasMessageStartingWith("cart has tasks without the certificates of ");
    assertThat(world.rolled()).containsExactly("cart");
  }

  @Test
  void soIsOneThatNeverEnds() {
    deployAndLetCertificatesBeOld();
    world.finishDeployment("shelf");
    world.pass(Services.ROLLOUT.plusMinutes(1));
    assertThat(renew()).singleElement().asString().contains("IN_PROGRESS");
    assertThat(world.rolled()).containsExactly("cart");
  }

  @Test
  void aServiceThatCannotBeDeployedAnewLeavesTheOthersTheirs() {
    run();
    world.deploy("cart", NODE);
    world.deploy("shelf", NODE);
    world.refuseDeployments("cart");
    world.pass(Authority.CERTIFICATE_LIFE.minus(Renewal.EARLY).plusDays(1));
    assertThat(renew()).containsExactly("cart cannot be deployed anew: no");
    assertThat(world.rolled()).containsExactly("shelf");
  }

  /** ECS has no deployments of it, and would refuse to begin one. */
  @ParameterizedTest
  @EnumSource(names = {"CODE_DEPLOY", "EXTERNAL"})
  void aServiceThatEcsDoesNotDeployIsSaidUntilSomebodyHas(DeploymentControllerType controller) {
    run();
    world.pass(Duration.ofDays(1));
    world.deploy("cart", NODE);
    world.deployBy(controller, "shelf", NODE);
    assertThat(renew()).isEmpty();
    world.pass(Authority.CERTIFICATE_LIFE.minus(Renewal.EARLY));
    assertThat(renew())
        .singleElement()
        .asString()
        .startsWith("shelf has tasks without the certificates of 2027-01-22T00:00:00Z, and ECS")
        .contains("deploy it anew; its task sets: PRIMARY of 2027-01-02T00:00:00Z STEADY_STATE")
        .doesNotContain("\n");
    assertThat(world.rolled()).containsExactly("cart");
    world.finishDeployments();
    world.pass(Duration.ofDays(1));
    world.deployBy(controller, "shelf", NODE);
    assertThat(renew()).isEmpty();
  }

  @Test
  void aServiceWithoutDeploymentsIsSaid() {
    run();
    world.deployBy(DeploymentControllerType.CODE_DEPLOY, "cart", NODE);
    world.removeTaskSets("cart");
    assertThat(renew()).singleElement().asString().endsWith("deploy it anew; its task sets: none");
  }

  @Test
  void aServiceWithoutATaskDefinitionHasNoCertificates() {
    run();
    world.deployBy(DeploymentControllerType.EXTERNAL, "cart", NODE);
    world.removeTaskSets("cart");
    world.pass(Authority.CERTIFICATE_LIFE.minus(Renewal.EARLY).plusDays(1));
    assertThat(renew()).isEmpty();
  }

  @Test
  void ofManyServicesNoneIsForgotten() {
    run();
    List<String> services = IntStream.range(0, 123).mapToObj(i -> "shop" + i).toList();
    services.forEach(service -> world.deploy(service, NODE));
    world.pass(Authority.CERTIFICATE_LIFE.minus(Renewal.EARLY).plusDays(1));
    assertThat(renew()).isEmpty();
    assertThat(world.rolled()).containsExactlyElementsOf(services);
  }

  /** The control plane's own certificate needs no ECS. */
  @Test
  void withoutEcsCertificatesAreMadeAndServicesWait() {
    world.letEcsFail(true);
    String line = "No service is deployed anew, for ECS does not say which there are: not today";
    assertThat(world.renewal().run(WANTED)).containsExactly(line);
    assertThat(world.values()).containsOnlyKeys("authority", "trust-bundle", "control-plane", NODE);
    world.letEcsFail(false);
    world.deploy("cart", NODE);
    String before = world.value("control-plane");
    world.pass(Authority.CERTIFICATE_LIFE.minus(Renewal.EARLY).plusDays(1));
    world.letEcsFail(true);
    assertThatThrownBy(() -> world.renewal().runScheduled()).hasMessage(line);
    assertThat(world.value("control-plane")).isNotEqualTo(before);
    assertThat(world.rolled()).isEmpty();
    world.letEcsFail(false);
    assertThat(renew()).isEmpty();
    assertThat(world.rolled()).containsExactly("cart");
  }

  /** Tasks that nobody can count might not trust it yet. */
  @Test
  void withoutEcsTheNextAuthorityDoesNotSign() {
    run();
    world.deploy("cart", NODE, "trust-bundle");
    String first = world.value("authority");
    world.pass(Authority.LIFE.minus(Renewal.AUTHORITY_EARLY).plusDays(1));
    world.letEcsFail(true);
    for (int day = 0; day < 3; day++) {
      renew();
      world.pass(Duration.ofDays(1));
    }
    assertThat(world.value("authority")).isEqualTo(first);
    assertThat(world.values()).containsKey("next-authority");
  }

  /** A service whose deployments fail keeps the next authority from signing, not for ever. */
  @Test
  void inAnEmergencyTheNextAuthoritySignsWhichMostTrust() {
    run();
    world.deploy("cart", NODE, "trust-bundle");
    String first = world.value("authority");
    int days = 0;
    while (!world.values().containsKey("next-authority")) {
      world.pass(Duration.ofDays(1));
      world.renewal().run(Map.of());
      world.finishDeployments();
      days++;
    }
    String next = world.value("next-authority");
    world.deploy("broken", "trust-bundle");
    world.startNone("broken");
    String signs = first;
    while (signs.equals(first)) {
      world.pass(Duration.ofDays(1));
      renew();
      world.finishDeployments();
      signs = world.value("authority");
      days++;
    }
    assertThat(signs).isEqualTo(next);
    assertThat(world.values()).doesNotContainKey("next-authority");
    assertThat(days)
        .isBetween(
            (int) Authority.LIFE.minus(Authority.CERTIFICATE_LIFE).toDays(),
            (int) Authority.LIFE.minus(Authority.CERTIFICATE_LIFE).toDays() + 1);
  }

  @Test
  void authoritiesThatWereLeftAloneForALongTimeAreMadeAnew() {
    run();
    world.pass(Authority.LIFE.minus(Renewal.AUTHORITY_EARLY).plusDays(1));
    world.deploy("cart", NODE, "trust-bundle");
    renew();
    String next = world.value("next-authority");
    world.pass(Authority.LIFE);
    renew();
    assertThat(world.value("authority")).isNotEqualTo(next);
    assertThat(world.values()).doesNotContainKey("next-authority");
    assertThat(Pem.certificates(world.value("trust-bundle"))).hasSize(1);
  }

  @Test
  void issuesAnewForAnotherName() {
    run();
    String before = world.value(NODE);
    world.renewal().run(Map.of(NODE, "spiffe://app-mesh/mesh/shop/virtualGateway/cart"));
    assertThat(world.value(NODE)).isNotEqualTo(before);
  }

  @Test
  void removesAll() {
    run();
    for (int i = 0; i < 12; i++) {
      world.renewal().run(Map.of("mesh/shop/virtualNode/n" + i, "spiffe://app-mesh/n" + i));
    }
    world.renewal().remove();
    assertThat(world.values()).isEmpty();
  }

  @Test
  void removesAllWithoutTheKeyOfTheAuthority() {
    run();
    world.disableAuthorityKey();
    assertThatThrownBy(this::renew).isInstanceOf(SsmException.class);
    world.renewal().remove();
    assertThat(world.values()).isEmpty();
  }

  /**
   * Two years, a run each day, deployments that last until the next run: at no time meets a task a
   * certificate of the control plane that it does not trust, or the control plane one of a task.
   */
  @Test
  void nobodyEverMeetsACertificateThatHeDoesNotTrust() throws Exception {
    run();
    world.deploy("cart", NODE, "trust-bundle");
    Set<String> authorities = new HashSet<>();
    for (int day = 0; day < 730; day++) {
      world.pass(Duration.ofDays(1));
      world.renewal().run(Map.of());
      authorities.add(world.value("authority"));
      assertMeet();
      world.finishDeployments();
      assertMeet();
    }
    assertThat(authorities).hasSizeBetween(3, 4);
    assertThat(Pem.certificates(world.value("trust-bundle")))
        .as("who has expired is left out")
        .hasSizeLessThanOrEqualTo(3)
        .allMatch(certificate -> certificate.getNotAfter().after(Date.from(world.now())));
  }

  private void assertMeet() throws Exception {
    Map<String, String> given = world.task("cart").given();
    assertTrusted(world.value("control-plane"), given.getOrDefault("trust-bundle", ""));
    assertTrusted(given.getOrDefault(NODE, ""), world.value("trust-bundle"));
  }

  /** As Java's own TLS would decide, at the time that it is in the world. */
  private void assertTrusted(String pem, String bundle) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    List<String> names = new ArrayList<>();
    for (X509CertificateHolder trusted : Pem.certificates(bundle)) {
      names.add("ca" + names.size());
      store.setCertificateEntry(names.get(names.size() - 1), certificate(Pem.of(List.of(trusted))));
    }
    X509Certificate certificate = certificate(pem);
    Instant now = world.now();
    assertThat(now)
        .isBetween(certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(store, null);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(now));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)),
            parameters);
  }

  private static X509Certificate certificate(String pem) throws Exception {
    String only = pem.substring(pem.indexOf("-----BEGIN CERTIFICATE"));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(only.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Others may read what tasks are given; who signs is for nobody else. */
  @Test
  void authoritiesAreEncryptedByAKeyOfTheirOwn() {
    run();
    world.deploy("cart", NODE, "trust-bundle");
    for (int day = 0; day < Authority.LIFE.toDays(); day++) {
      world.pass(Duration.ofDays(1));
      renew();
      world.finishDeployments();
    }
    assertThat(world.keys()).hasSize(5).containsKey(World.PREFIX + "/next-authority");
    world
        .keys()
        .forEach(
            (name, key) ->
                assertThat(key)
                    .as(name)
                    .isEqualTo(name.endsWith("authority") ? World.AUTHORITY_KEY : "alias/aws/ssm"));
  }

  @Test
  void noKeyIsWrittenDown() {
    run();
    KeyAndCertificate own = Pem.keyAndCertificate(world.value(NODE));
    assertThat(own.toString()).isEqualTo("the certificate of [spiffe://app-mesh/" + NODE + "]");
    assertThat(new Parameters.Parameter("secret", world.now()).toString()).doesNotContain("secret");
  }
}
