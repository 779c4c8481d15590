package colorteller.gatewaytargets;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.DesiredStatus;
import software.amazon.awssdk.services.ecs.model.NetworkInterface;
import software.amazon.awssdk.services.ecs.model.Task;

/**
 * What ECS says of a service's running tasks.
 *
 * @param addresses their IPv6 addresses, as ECS writes them
 * @param staying the addresses of all tasks that are not told to stop, those on their way included
 * @param withoutIpv6 ARNs of those that have none
 * @param unknown ARNs of tasks of which ECS said nothing
 */
record RunningTasks(
    Map<InetAddress, String> addresses,
    Set<InetAddress> staying,
    List<String> withoutIpv6,
    Set<String> unknown) {

  // DescribeTasks takes no more.
  private static final int BATCH = 100;

  static RunningTasks of(EcsClient ecs, String cluster, String service) {
    Set<String> unknown = new LinkedHashSet<>();
    ecs.listTasksPaginator(
            request ->
                request.cluster(cluster).serviceName(service).desiredStatus(DesiredStatus.RUNNING))
        .taskArns()
        .forEach(unknown::add);
    List<String> arns = List.copyOf(unknown);
    Map<InetAddress, String> addresses = new LinkedHashMap<>();
    Set<InetAddress> staying = new LinkedHashSet<>();
    List<String> withoutIpv6 = new ArrayList<>();
    for (int i = 0; i < arns.size(); i += BATCH) {
      List<String> batch = arns.subList(i, Math.min(i + BATCH, arns.size()));
      for (Task task : ecs.describeTasks(r -> r.cluster(cluster).tasks(batch)).tasks()) {
        unknown.remove(task.taskArn());
        List<String> own = ipv6(task);
        if ("RUNNING".equals(task.desiredStatus())) {
          own.forEach(text -> staying.add(Ipv6.parse(text)));
        }
        if (isRunning(task)) {
          own.forEach(text -> addresses.put(Ipv6.parse(text), text));
          if (own.isEmpty()) {
            withoutIpv6.add(task.taskArn());
          }
        }
      }
    }
    return new RunningTasks(addresses, staying, withoutIpv6, unknown);
  }

  private static boolean isRunning(Task task) {
    return "RUNNING".equals(task.desiredStatus()) && "RUNNING".equals(task.lastStatus());
  }

  /** Each container shows the task's network interface; its attachment has no IPv6 address. */
  private static List<String> ipv6(Task task) {
    return task.containers().stream()
        .flatMap(container -> container.networkInterfaces().stream())
        .map(NetworkInterface::ipv6Address)
        .filter(address -> address != null && !address.isEmpty())
        .distinct()
        .toList();
  }
}
