package colorteller.acceptance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Dependencies point one way: CONTRIBUTING.md shows the picture. */
@AnalyzeClasses(packages = "colorteller", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String MESH = "colorteller.mesh..";
  private static final String CONTROL_PLANE = "colorteller.controlplane..";
  private static final String INFRA = "colorteller.infra..";
  private static final String APPLICATION = "colorteller.colorteller..";
  private static final String CLI = "colorteller.cli..";
  private static final String GATEWAY_TARGETS = "colorteller.gatewaytargets..";
  private static final String VERIFIER = "colorteller.walkthroughverifier..";

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

  @ArchTest
  static final ArchRule CONTROL_PLANE_KNOWS_THE_MESH_ONLY =
      noClasses()
          .that()
          .resideInAPackage(CONTROL_PLANE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              INFRA,
              APPLICATION,
              CLI,
              GATEWAY_TARGETS,
              VERIFIER,
              "software.amazon..",
              "software.constructs..");

  @ArchTest
  static final ArchRule INFRA_KNOWS_THE_MESH_ONLY =
      noClasses()
          .that()
          .resideInAPackage(INFRA)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              CONTROL_PLANE,
              APPLICATION,
              CLI,
              GATEWAY_TARGETS,
              VERIFIER,
              "colorteller.mesh.template..",
              "colorteller.mesh.report..");

  @ArchTest
  static final ArchRule GATEWAY_TARGETS_KNOWS_NOTHING_OF_OURS =
      noClasses()
          .that()
          .resideInAPackage(GATEWAY_TARGETS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(MESH, VERIFIER);

  @ArchTest
  static final ArchRule FUNCTIONS_KNOW_THE_MESH_ONLY =
      noClasses()
          .that()
          .resideInAnyPackage(GATEWAY_TARGETS, VERIFIER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              CONTROL_PLANE,
              INFRA,
              APPLICATION,
              CLI,
              "colorteller.mesh.template..",
              "software.amazon.awscdk..",
              "software.amazon.jsii..",
              "software.constructs..");

  @ArchTest
  static final ArchRule THE_APPLICATION_NEEDS_THE_JDK_ONLY =
      classes()
          .that()
          .resideInAPackage(APPLICATION)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(APPLICATION, "java..", "com.sun.net.httpserver..", "org.jspecify..");

  @ArchTest
  static final ArchRule THE_COMMAND_STARTS_INFRA_AND_DOES_NOT_CALL_IT =
      noClasses()
          .that()
          .resideInAPackage(CLI)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              INFRA, "software.amazon.awscdk..", "software.amazon.jsii..", "software.constructs..");

  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching("colorteller.(**)").should().beFreeOfCycles();
}
