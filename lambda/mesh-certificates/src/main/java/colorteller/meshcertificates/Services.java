package colorteller.meshcertificates;

import static software.amazon.lambda.powertools.logging.argument.StructuredArguments.entry;

import colorteller.aws.AwsErrors;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.Deployment;
import software.amazon.awssdk.services.ecs.model.DeploymentControllerType;
import software.amazon.awssdk.services.ecs.model.DeploymentRolloutState;
import software.amazon.awssdk.services.ecs.model.Service;
import software.amazon.awssdk.services.ecs.model.StabilityStatus;
import software.amazon.awssdk.services.ecs.model.TaskSet;

/** The ECS services of a cluster whose tasks are given certificates when they start. */
final class Services {

  private static final Logger LOG = LoggerFactory.getLogger(Services.class);

  // DescribeServices takes no more.
  private static final int BATCH = 10;

  /** A deployment that has lasted longer has not gone well. */
  static final Duration ROLLOUT = Duration.ofHours(1);

  /**
   * One of them.
   *
   * @param parameters that its tasks are given, by their names below the prefix
   * @param isDeployedByEcs whether ECS deploys it anew when it is asked to; CodeDeploy or somebody
   *     else does otherwise
   * @param deployed since when all new tasks are started by the deployment that counts
   * @param complete whether no task of an earlier deployment runs any more
   * @param tried when its last deployment began, even if ECS has rolled it back since
   * @param state of its deployments, as ECS says
   */
  record Running(
      String arn,
      Set<String> parameters,
      boolean isDeployedByEcs,
      Instant deployed,
      boolean complete,
      Instant tried,
      String state) {

    /** Whether all of its tasks have started since. */
    boolean hasStartedSince(Instant time) {
      return complete && deployed.isAfter(time);
    }

    /** Whether a deployment that began since may still go well. */
    boolean isOnItsWay(Instant since, Instant now) {
      return tried.isAfter(since) && tried.isAfter(now.minus(ROLLOUT));
    }
  }

  private final EcsClient ecs;
  private final String cluster;
  private final String prefix;

  Services(EcsClient ecs, MeshCertificatesEnvironment environment) {
    this.ecs = ecs;
    this.cluster = environment.cluster();
    this.prefix = environment.parameters() + "/";
  }

  /**
   * Those that take certificates.
   *
   * @throws SdkException if ECS does not say
   */
  List<Running> read() {
    List<String> arns =
        ecs.listServicesPaginator(request -> request.cluster(cluster)).serviceArns().stream()
            .toList();
    List<Running> running = new ArrayList<>();
    for (int i = 0; i < arns.size(); i += BATCH) {
      List<String> some = arns.subList(i, Math.min(i + BATCH, arns.size()));
      for (Service service :
          ecs.describeServices(request -> request.cluster(cluster).services(some)).services()) {
        Set<String> parameters = parameters(service);
        if (!parameters.isEmpty()) {
          running.add(running(service, parameters));
        }
      }
    }
    return running;
  }

  /** A deployment; or a task set, which is what there is where ECS does not deploy by itself. */
  private record Started(String status, Instant createdAt, boolean complete, String state) {

    static Started of(Deployment deployment) {
      return new Started(
          deployment.status(),
          deployment.createdAt(),
          deployment.rolloutState() == null
              || deployment.rolloutState() == DeploymentRolloutState.COMPLETED,
          said(
              deployment.status(),
              deployment.createdAt(),
              deployment.rolloutStateAsString(),
              deployment.rolloutStateReason()));
    }

    static Started of(TaskSet tasks) {
      return new Started(
          tasks.status(),
          tasks.createdAt(),
          tasks.stabilityStatus() == StabilityStatus.STEADY_STATE,
          said(tasks.status(), tasks.createdAt(), tasks.stabilityStatusAsString(), null));
    }

    private static String said(
        String status, Instant createdAt, @Nullable String state, @Nullable String reason) {
      return Stream.of(status, "of " + createdAt, state, reason)
          .filter(Objects::nonNull)
          .collect(Collectors.joining(" "));
    }

    boolean isPrimary() {
      return status.equals("PRIMARY");
    }
  }

  private static Running running(Service service, Set<String> parameters) {
    List<Started> all =
        Stream.concat(
                service.deployments().stream().map(Started::of),
                service.taskSets().stream().map(Started::of))
            .toList();
    return new Running(
        service.serviceArn(),
        parameters,
        service.deploymentController() == null
            || service.deploymentController().type() == DeploymentControllerType.ECS,
        all.stream()
            .filter(Started::isPrimary)
            .map(Started::createdAt)
            .findFirst()
            .orElse(Instant.EPOCH),
        all.size() == 1 && all.get(0).complete(),
        all.stream().map(Started::createdAt).max(Comparator.naturalOrder()).orElse(Instant.EPOCH),
        all.isEmpty()
            ? "none"
            : all.stream().map(Started::state).collect(Collectors.joining("; ")));
  }

  /** Of the service's own task definition, and of those of its task sets; it may have none. */
  private Set<String> parameters(Service service) {
    return Stream.concat(
            Stream.ofNullable(service.taskDefinition()),
            service.taskSets().stream().map(TaskSet::taskDefinition))
        .distinct()
        .flatMap(taskDefinition -> parameters(taskDefinition).stream())
        .collect(Collectors.toSet());
  }

  /** An ARN that ends with the parameter's name is what CDK gives; a name would do as well. */
  private List<String> parameters(String taskDefinition) {
    return ecs
        .describeTaskDefinition(request -> request.taskDefinition(taskDefinition))
        .taskDefinition()
        .containerDefinitions()
        .stream()
        .flatMap(container -> container.secrets().stream())
        .map(secret -> secret.valueFrom())
        .filter(from -> from.contains(prefix))
        .map(from -> from.substring(from.indexOf(prefix) + prefix.length()))
        .toList();
  }

  /**
   * Deploys anew those whose tasks have an older value than there is. One whose deployment has not
   * gone well is tried again, by the next run that finds it so: that is not at once.
   *
   * @return what has not gone well, a line each
   */
  List<String> roll(
      List<Running> services, Map<String, Parameters.Parameter> parameters, Instant now) {
    List<String> failed = new ArrayList<>();
    for (Running service : services) {
      Instant changed =
          service.parameters().stream()
              .flatMap(name -> Stream.ofNullable(parameters.get(name)))
              .map(Parameters.Parameter::changed)
              .max(Comparator.naturalOrder())
              .orElse(null);
      if (changed == null || service.hasStartedSince(changed) || service.isOnItsWay(changed, now)) {
        continue;
      }
      if (!service.isDeployedByEcs()) {
        failed.add(
            "%s has tasks without the certificates of %s, and ECS does not deploy it by itself: deploy it anew; its task sets: %s"
                .formatted(service.arn(), changed, service.state()));
        continue;
      }
      if (service.tried().isAfter(changed) || changed.isBefore(now.minus(ROLLOUT))) {
        failed.add(
            "%s has tasks without the certificates of %s; its deployments: %s"
                .formatted(service.arn(), changed, service.state()));
      }
      try {
        ecs.updateService(
            request -> request.cluster(cluster).service(service.arn()).forceNewDeployment(true));
        LOG.info("Deployed anew, for its certificate", entry("service", service.arn()));
      } catch (SdkException e) {
        // The others are to have theirs.
        failed.add("%s cannot be deployed anew: %s".formatted(service.arn(), AwsErrors.line(e)));
      }
    }
    return failed;
  }
}
