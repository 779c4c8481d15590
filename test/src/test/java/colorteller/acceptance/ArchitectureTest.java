package colorteller.acceptance;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;

/** Dependencies point one way: CONTRIBUTING.md lists the rooms. */
@AnalyzeClasses(packages = "colorteller", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String MESH = "colorteller.mesh..";
  private static final String CONTROL_PLANE = "colorteller.controlplane..";
  private static final String CONSTRUCTS = "colorteller.constructs..";
  private static final String INFRA = "colorteller.infra..";
  private static final String APPLICATION = "colorteller.colorteller..";
  private static final String STANDIN = "colorteller.standin..";
  private static final String CLI = "colorteller.cli..";
  private static final String GATEWAY_TARGETS = "colorteller.gatewaytargets..";
  private static final String MESH_CERTIFICATES = "colorteller.meshcertificates..";
  private static final String VERIFIER = "colorteller.walkthroughverifier..";
  private static final String LOCAL = "colorteller.local..";
  private static final String DEPLOYMENT = "colorteller.deployment..";
  private static final String ACCOUNT = "colorteller.account..";
  private static final String MESH_SERVICE = "colorteller.meshservice..";
  private static final String VPC = "colorteller.vpc..";
  private static final String PAGE = "colorteller.page..";
  private static final String SYNTHESIS = "colorteller.synthesis..";
  private static final String AWS = "colorteller.aws..";
  private static final String VERIFICATION = "colorteller.verification..";
  private static final String COST = "colorteller.cost..";
  private static final String REVIEW = "colorteller.review..";
  private static final String PREFLIGHT = "colorteller.preflight..";

  @ArchTest
  static final ArchRule MESH_IS_PURE =
      classes()
          .that()
          .resideInAPackage(MESH)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              MESH,
              "java..",
              "org.jspecify..",
              "com.fasterxml.jackson..",
              "com.github.curiousoddman.rgxgen..",
              "com.google.re2j..",
              "com.networknt.schema..",
              "inet.ipaddr..",
              "org.apache.commons.text..",
              "org.yaml.snakeyaml..");

  @ArchTest
  static final ArchRule THE_MODEL_KNOWS_NEITHER_ITS_READER_NOR_REPORTS =
      noClasses()
          .that()
          .resideInAPackage("colorteller.mesh")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("colorteller.mesh.template..", "colorteller.mesh.report..");

  /** Which rooms a room knows, beside the libraries; nobody knows the commands. */
  @ArchTest static final ArchRule CONTROL_PLANE_KNOWS = knows(CONTROL_PLANE, MESH);

  @ArchTest static final ArchRule AWS_KNOWS = knows(AWS);

  @ArchTest static final ArchRule STANDIN_KNOWS = knows(STANDIN, MESH);

  @ArchTest
  static final ArchRule LOCAL_KNOWS = knows(LOCAL, MESH, CONTROL_PLANE, APPLICATION, STANDIN);

  @ArchTest static final ArchRule DEPLOYMENT_KNOWS = knows(DEPLOYMENT, MESH);
  @ArchTest static final ArchRule ACCOUNT_KNOWS = knows(ACCOUNT, MESH, DEPLOYMENT);

  @ArchTest
  static final ArchRule VPC_KNOWS = knows(VPC, MESH, CONTROL_PLANE, DEPLOYMENT, ACCOUNT, LOCAL);

  @ArchTest
  static final ArchRule MESH_SERVICE_KNOWS = knows(MESH_SERVICE, MESH, AWS, CONTROL_PLANE);

  @ArchTest static final ArchRule PAGE_KNOWS = knows(PAGE, MESH, CONTROL_PLANE, LOCAL);
  @ArchTest static final ArchRule VERIFICATION_KNOWS = knows(VERIFICATION, MESH, AWS);
  @ArchTest static final ArchRule SYNTHESIS_KNOWS = knows(SYNTHESIS, MESH);
  @ArchTest static final ArchRule COST_KNOWS = knows(COST, MESH);
  @ArchTest static final ArchRule REVIEW_KNOWS = knows(REVIEW, MESH, CONTROL_PLANE, COST);
  @ArchTest static final ArchRule PREFLIGHT_KNOWS = knows(PREFLIGHT, AWS);
  @ArchTest static final ArchRule CONSTRUCTS_KNOWS = knows(CONSTRUCTS, MESH, CONTROL_PLANE);
  @ArchTest static final ArchRule INFRA_KNOWS = knows(INFRA, MESH, CONSTRUCTS);
  @ArchTest static final ArchRule GATEWAY_TARGETS_KNOWS = knows(GATEWAY_TARGETS, AWS);
  @ArchTest static final ArchRule MESH_CERTIFICATES_KNOWS = knows(MESH_CERTIFICATES, AWS);
  @ArchTest static final ArchRule VERIFIER_KNOWS = knows(VERIFIER, MESH, AWS, VERIFICATION);

  @ArchTest
  static final ArchRule CLI_KNOWS =
      knows(
          CLI,
          MESH,
          AWS,
          CONTROL_PLANE,
          APPLICATION,
          LOCAL,
          DEPLOYMENT,
          ACCOUNT,
          VPC,
          PAGE,
          SYNTHESIS,
          VERIFICATION,
          COST,
          REVIEW,
          PREFLIGHT);

  private static ArchRule knows(String room, String... others) {
    String[] known = Stream.concat(Stream.of(room), Stream.of(others)).toArray(String[]::new);
    return classes()
        .that()
        .resideInAPackage(room)
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage("colorteller..").or(resideInAnyPackage(known)));
  }

  @ArchTest
  static final ArchRule INFRA_READS_NO_TEMPLATES =
      noClasses()
          .that()
          .resideInAPackage(INFRA)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("colorteller.mesh.template..", "colorteller.mesh.report..");

  @ArchTest
  static final ArchRule ONLY_THE_APP_AND_ITS_CONSTRUCTS_KNOW_THE_CDK =
      noClasses()
          .that()
          .resideOutsideOfPackages(CONSTRUCTS, INFRA)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "software.amazon.awscdk..", "software.amazon.jsii..", "software.constructs..");

  @ArchTest
  static final ArchRule CONTROL_PLANE_KNOWS_NO_AWS =
      noClasses()
          .that()
          .resideInAPackage(CONTROL_PLANE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon..");

  @ArchTest
  static final ArchRule THE_APPLICATION_NEEDS_THE_JDK_ONLY =
      classes()
          .that()
          .resideInAPackage(APPLICATION)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(APPLICATION, "java..", "com.sun.net.httpserver..", "org.jspecify..");

  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching("colorteller.(**)").should().beFreeOfCycles();
}
