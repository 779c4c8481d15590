package colorteller.cli;

import colorteller.account.Account;
import colorteller.account.Functions;
import colorteller.account.Moto;
import colorteller.colorteller.ColorTeller;
import colorteller.deployment.Deployment;
import colorteller.deployment.Stacks;
import colorteller.local.LoopbackNetwork;
import colorteller.local.Network;
import colorteller.mesh.report.Scenario;
import colorteller.synthesis.Assembly;
import colorteller.vpc.Images;
import colorteller.vpc.VpcNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The option that says where on this machine a mesh runs. */
final class NetworkOption {

  /** Where a mesh can run. */
  enum Kind {
    loopback,
    vpc
  }

  @Option(
      names = "--network",
      paramLabel = "loopback|vpc",
      description =
          "Where the mesh runs: on loopback addresses, or in a VPC of network namespaces (Linux),"
              + " as all stacks describe it. Default: loopback.")
  Kind kind = Kind.loopback;

  /**
   * The network for a mesh.
   *
   * @param first any of the scenarios that are to run in it
   * @param context {@code KEY=VALUE}, over what cdk.json says
   */
  Network of(Path envoy, Scenario first, List<String> context) {
    return kind == Kind.loopback
        ? new LoopbackNetwork(envoy, first.mesh(), first.workloads())
        : vpc(envoy, assembly(first, context));
  }

  /** A network of what stacks deploy; with it ends what stands in for AWS. */
  private static VpcNetwork vpc(Path envoy, Assembly assembly) {
    Deployment deployment = Stacks.read(assembly.templates());
    return assembly.documents().isEmpty()
        ? new VpcNetwork(images(envoy), deployment)
        : new VpcNetwork(images(envoy), deployment, account(), assembly.documents());
  }

  static Images images(Path envoy) {
    return new Images(
        envoy,
        Path.of(ColorTeller.class.getProtectionDomain().getCodeSource().getLocation().getPath())
            .toString(),
        Machine.root());
  }

  private static Account account() {
    return new Account(new Moto(Machine.moto()), new Functions(Machine.root()));
  }

  /** The stacks of the scenario's variant, and those that the variants share. */
  static Assembly assembly(Scenario first, List<String> context) {
    String variant =
        first
            .variant()
            .orElseThrow(
                () ->
                    new UnusableInput(
                        "--network vpc cannot be used with --template: it needs the stacks of the VPC, the cluster and the services as well; use --network loopback"));
    // The stage counts for the mesh only; this one allows preferences to be set.
    List<String> settings = new ArrayList<>(context);
    settings.removeIf(value -> value.startsWith("stage="));
    settings.add("stage=custom");
    Assembly all = Machine.synthesis().quietly().assembly(settings);
    String other = variant.equals("dns") ? "cloud" : "dns";
    // A control plane serves the meshes of both.
    return all.without(
        name -> name.endsWith("-%s-ecs-service".formatted(other)) || name.endsWith("-pipeline"));
  }
}
