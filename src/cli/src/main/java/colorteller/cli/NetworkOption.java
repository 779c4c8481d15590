package colorteller.cli;

import colorteller.colorteller.ColorTeller;
import colorteller.deployment.Stacks;
import colorteller.local.LoopbackNetwork;
import colorteller.local.Network;
import colorteller.mesh.report.Scenario;
import colorteller.vpc.VpcNetwork;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        : vpc(envoy, stacks(first, context));
  }

  static VpcNetwork vpc(Path envoy, Map<String, JsonNode> stacks) {
    return new VpcNetwork(
        envoy,
        Path.of(ColorTeller.class.getProtectionDomain().getCodeSource().getLocation().getPath())
            .toString(),
        Stacks.read(stacks));
  }

  /** The stacks of the scenario's variant, and those that the variants share. */
  static Map<String, JsonNode> stacks(Scenario first, List<String> context) {
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
    Map<String, JsonNode> stacks =
        new LinkedHashMap<>(Machine.synthesis().quietly().assembly(settings).templates());
    String other = variant.equals("dns") ? "cloud" : "dns";
    stacks.keySet().removeIf(name -> name.contains("-%s-".formatted(other)));
    stacks.keySet().removeIf(name -> name.endsWith("-pipeline"));
    return stacks;
  }
}
