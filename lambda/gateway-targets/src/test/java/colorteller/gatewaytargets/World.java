package colorteller.gatewaytargets;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.Container;
import software.amazon.awssdk.services.ecs.model.DescribeTasksRequest;
import software.amazon.awssdk.services.ecs.model.DescribeTasksResponse;
import software.amazon.awssdk.services.ecs.model.Failure;
import software.amazon.awssdk.services.ecs.model.ListTasksRequest;
import software.amazon.awssdk.services.ecs.model.ListTasksResponse;
import software.amazon.awssdk.services.ecs.model.NetworkInterface;
import software.amazon.awssdk.services.ecs.model.Task;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DeregisterTargetsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DeregisterTargetsResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTargetHealthRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.DescribeTargetHealthResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.RegisterTargetsRequest;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.RegisterTargetsResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthDescription;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetHealthStateEnum;

/** A model of AWS: one service, one target group. */
final class World {

  static final int PORT = 9080;
  static final GatewayTargetsEnvironment CONFIGURATION =
      new GatewayTargetsEnvironment("colors", "gateway", "arn:target-group", PORT, Duration.ZERO);

  /** How a call ends. */
  enum Outcome {
    DONE,
    /** Refused: nothing happened. */
    THROTTLED,
    /** It happened, but the caller does not know. */
    TIMED_OUT,
    /** ECS does not describe the first task that it is asked for; any other call is done. */
    PARTIAL,
    /** ECS answers with what was some time ago, as it may; any other call is done. */
    LATE
  }

  /** A target as the load balancer knows it: however its address is written. */
  record Target(InetAddress address, int port) {

    static Target of(TargetDescription target) {
      return new Target(Ipv6.parse(target.id()), target.port());
    }
  }

  /** Who calls: says how a call ends, and is told what it did. */
  interface Caller {
    Outcome calls(String name);

    /** ECS described this task to the caller, and it ran. */
    default void saw(Task task) {}

    default void deregistered(Target target) {}
  }

  final Map<String, Task> tasks = new LinkedHashMap<>();

  /** What the tasks were, from the beginning until now. */
  private final List<Map<String, Task>> history = new ArrayList<>(List.of(Map.of()));

  private final Map<Target, TargetHealthDescription> targets = new LinkedHashMap<>();
  private final int pageSize;
  private int started;

  World(int pageSize) {
    this.pageSize = pageSize;
  }

  /** A task that is still on its way, and its address, which it already has. */
  Task start() {
    started++;
    return put(
        Task.builder()
            .taskArn("task/" + started)
            .desiredStatus("RUNNING")
            .lastStatus("PENDING")
            .containers(
                container("app", "2001:db8::%x".formatted(started)),
                container("envoy", "2001:db8::%x".formatted(started)))
            .build());
  }

  static Container container(String name, @Nullable String ipv6) {
    return Container.builder()
        .name(name)
        .networkInterfaces(
            NetworkInterface.builder().privateIpv4Address("10.0.0.1").ipv6Address(ipv6).build())
        .build();
  }

  Task run(Task task) {
    return put(task.toBuilder().lastStatus("RUNNING").build());
  }

  /** Told to stop, it still runs for a while. */
  Task tellToStop(Task task) {
    return put(task.toBuilder().desiredStatus("STOPPED").build());
  }

  void stop(Task task) {
    put(task.toBuilder().desiredStatus("STOPPED").lastStatus("STOPPED").build());
  }

  private Task put(Task task) {
    tasks.put(task.taskArn(), task);
    history.add(new LinkedHashMap<>(tasks));
    return task;
  }

  Task startAndRun() {
    return run(start());
  }

  static String address(Task task) {
    return task.containers().get(0).networkInterfaces().get(0).ipv6Address();
  }

  static boolean runs(Task task) {
    return task.desiredStatus().equals("RUNNING") && task.lastStatus().equals("RUNNING");
  }

  List<Task> running() {
    return tasks.values().stream().filter(World::runs).toList();
  }

  boolean isRunning(Target target) {
    return running().stream().map(World::target).anyMatch(target::equals);
  }

  boolean isRegistered(Task task) {
    return registeredTargets().contains(target(task));
  }

  /** Where a task is to be registered. */
  static Target target(Task task) {
    return new Target(Ipv6.parse(address(task)), PORT);
  }

  Set<Target> registeredTargets() {
    return targets.entrySet().stream()
        .filter(e -> e.getValue().targetHealth().state() != TargetHealthStateEnum.DRAINING)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** The targets that do not drain, as they were registered. */
  List<String> registered() {
    return in(false);
  }

  List<String> draining() {
    return in(true);
  }

  private List<String> in(boolean draining) {
    return targets.values().stream()
        .filter(t -> (t.targetHealth().state() == TargetHealthStateEnum.DRAINING) == draining)
        .map(t -> t.target().id() + " " + t.target().port())
        .collect(Collectors.toList());
  }

  void register(String address, int port) {
    register(TargetDescription.builder().id(address).port(port).build());
  }

  private void register(TargetDescription target) {
    // A target that is there keeps its name; one that drained serves again.
    TargetHealthDescription known = targets.get(Target.of(target));
    put(known == null ? target : known.target(), TargetHealthStateEnum.INITIAL);
  }

  void deregister(String address, int port) {
    drain(TargetDescription.builder().id(address).port(port).build());
  }

  private void drain(TargetDescription target) {
    TargetHealthDescription known = targets.get(Target.of(target));
    if (known != null) {
      put(known.target(), TargetHealthStateEnum.DRAINING);
    }
  }

  private void put(TargetDescription target, TargetHealthStateEnum state) {
    targets.put(
        Target.of(target),
        TargetHealthDescription.builder().target(target).targetHealth(h -> h.state(state)).build());
  }

  /** What drained is gone. */
  void drained() {
    targets
        .values()
        .removeIf(target -> target.targetHealth().state() == TargetHealthStateEnum.DRAINING);
  }

  /** The function, in this world. */
  Reconciliation reconciliation(Caller caller) {
    // ECS may be late by any time, but not by more than a run waits for it to settle.
    int[] oldest = {0};
    return new Reconciliation(
        ecs(caller, oldest),
        loadBalancing(caller),
        CONFIGURATION,
        () -> {
          oldest[0] = history.size() - 1;
          caller.calls("settle");
        });
  }

  private Map<String, Task> seen(Outcome outcome, int oldest) {
    return outcome == Outcome.LATE ? history.get((oldest + history.size() - 1) / 2) : tasks;
  }

  private static <T> T call(Caller caller, String name, Function<Outcome, T> effect) {
    Outcome outcome = caller.calls(name);
    if (outcome == Outcome.THROTTLED) {
      throw SdkClientException.create("Rate exceeded");
    }
    T answer = effect.apply(outcome);
    if (outcome == Outcome.TIMED_OUT) {
      throw ApiCallTimeoutException.create(20_000);
    }
    return answer;
  }

  private EcsClient ecs(Caller caller, int[] oldest) {
    return new EcsClient() {
      @Override
      public ListTasksResponse listTasks(ListTasksRequest request) {
        return call(
            caller, "ListTasks", outcome -> list(request, seen(outcome, oldest[0]), pageSize));
      }

      @Override
      public DescribeTasksResponse describeTasks(DescribeTasksRequest request) {
        return call(
            caller,
            "DescribeTasks %d".formatted(request.tasks().size()),
            outcome ->
                describe(
                    request, outcome == Outcome.PARTIAL ? 1 : 0, seen(outcome, oldest[0]), caller));
      }

      @Override
      public String serviceName() {
        return SERVICE_NAME;
      }

      @Override
      public void close() {}
    };
  }

  private static ListTasksResponse list(
      ListTasksRequest request, Map<String, Task> tasks, int pageSize) {
    // A token names the last task that was told, so pages keep their places while tasks come and
    // go.
    int after =
        request.nextToken() == null ? 0 : Integer.parseInt(request.nextToken().split("/")[1]);
    List<String> rest =
        tasks.values().stream()
            .filter(task -> task.desiredStatus().equals(request.desiredStatusAsString()))
            .map(Task::taskArn)
            .filter(arn -> Integer.parseInt(arn.split("/")[1]) > after)
            .toList();
    List<String> page = rest.subList(0, Math.min(pageSize, rest.size()));
    return ListTasksResponse.builder()
        .taskArns(page)
        .nextToken(page.size() < rest.size() ? page.get(page.size() - 1) : null)
        .build();
  }

  private static DescribeTasksResponse describe(
      DescribeTasksRequest request, int failing, Map<String, Task> tasks, Caller caller) {
    List<Task> described =
        request.tasks().stream()
            .skip(failing)
            .filter(tasks::containsKey)
            .map(tasks::get)
            .collect(Collectors.toList());
    described.stream().filter(World::runs).forEach(caller::saw);
    return DescribeTasksResponse.builder()
        .tasks(described)
        .failures(
            request.tasks().stream()
                .filter(arn -> described.stream().noneMatch(t -> t.taskArn().equals(arn)))
                .map(arn -> Failure.builder().arn(arn).reason("MISSING").build())
                .toList())
        .build();
  }

  private ElasticLoadBalancingV2Client loadBalancing(Caller caller) {
    return new ElasticLoadBalancingV2Client() {
      @Override
      public DescribeTargetHealthResponse describeTargetHealth(
          DescribeTargetHealthRequest request) {
        return call(
            caller,
            "DescribeTargetHealth",
            outcome ->
                DescribeTargetHealthResponse.builder()
                    .targetHealthDescriptions(new ArrayList<>(targets.values()))
                    .build());
      }

      @Override
      public RegisterTargetsResponse registerTargets(RegisterTargetsRequest request) {
        return call(
            caller,
            "RegisterTargets",
            outcome -> {
              request.targets().forEach(World.this::register);
              return RegisterTargetsResponse.builder().build();
            });
      }

      @Override
      public DeregisterTargetsResponse deregisterTargets(DeregisterTargetsRequest request) {
        return call(
            caller,
            "DeregisterTargets",
            outcome -> {
              request.targets().forEach(World.this::drain);
              request.targets().forEach(target -> caller.deregistered(Target.of(target)));
              return DeregisterTargetsResponse.builder().build();
            });
      }

      @Override
      public String serviceName() {
        return SERVICE_NAME;
      }

      @Override
      public void close() {}
    };
  }
}
