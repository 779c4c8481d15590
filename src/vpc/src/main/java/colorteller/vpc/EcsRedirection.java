package colorteller.vpc;

import static java.util.stream.Collectors.joining;

import colorteller.deployment.TaskDefinition.ProxyConfiguration;

/**
 * ECS's redirection of a task's connections to its Envoy ({@code ProxyConfiguration}) → nftables
 * rules, for IPv4 and IPv6. On Fargate, the Envoy's own connections are told apart by its user;
 * here, where a user without privileges has one user id only, by a mark on them.
 */
final class EcsRedirection {

  private EcsRedirection() {}

  /**
   * The nftables text for a task.
   *
   * @param proxy the redirection
   */
  static String of(ProxyConfiguration proxy) {
    return """
        table inet ecs {
          chain ingress {
            type nat hook prerouting priority dstnat
            iifname "%s" tcp dport { %s } counter redirect to :%d
          }
          chain egress {
            type nat hook output priority -100
            meta mark %d counter accept
            fib daddr type local accept
        %s    meta l4proto tcp counter redirect to :%d
          }
        }
        """
        .formatted(
            NetworkInterface.NAME,
            proxy.appPorts().stream().sorted().map(String::valueOf).collect(joining(", ")),
            proxy.ingressPort(),
            mark(proxy),
            proxy.egressIgnoredIps().isEmpty()
                ? ""
                : "    ip daddr { %s } accept\n"
                    .formatted(String.join(", ", proxy.egressIgnoredIps())),
            proxy.egressPort());
  }

  /** The mark on the Envoy's own connections: the number of the user that it would run as. */
  static int mark(ProxyConfiguration proxy) {
    return proxy.ignoredUid();
  }
}
