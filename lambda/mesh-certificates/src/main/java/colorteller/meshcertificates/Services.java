package colorteller.meshcertificates;

import static software.amazon.lambda.powertools.logging.argument.StructuredArguments.entry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.Deployment;
import software.amazon.awssdk.services.ecs.model.DeploymentRolloutState;
import software.amazon.awssdk.services.ecs.model.Service;

/** The ECS services of a cluster whose tasks are given certificates when they start. */
final class Services {

  private static final Logger LOG = LoggerFactory.getLogger(Services.class);

  // DescribeServices takes no more.
  private static final int BATCH = 10;

  /**
   * One of them.
   *
   * @param parameters that its tasks are given, by their names below the prefix
   * @param deployed since when all new tasks are started by its last deployment
   * @param complete whether no task of an earlier deployment runs any more
   */
  record Running(String arn, Set<String> parameters, Instant deployed, boolean complete) {

    /** Whether all of its tasks have started since. */
    boolean hasStartedSince(Instant time) {
      return complete && deployed.isAfter(time);
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

  /** Those that take certificates. */
  List<Running> read() {
    List<String> arns =
        ecs.listServicesPaginator(request -> request.cluster(cluster)).serviceArns().stream()
            .toList();
    List<Running> running = new ArrayList<>();
    for (int i = 0; i < arns.size(); i += BATCH) {
      List<String> some = arns.subList(i, Math.min(i + BATCH, arns.size()));
      for (Service service :
          ecs.describeServices(request -> request.cluster(cluster).services(some)).services()) {
        Set<String> parameters = parameters(service.taskDefinition());
        if (!parameters.isEmpty()) {
          running.add(running(service, parameters));
        }
      }
    }
    return running;
  }

  private Running running(Service service, Set<String> parameters) {
    Deployment last =
        service.deployments().stream()
            .filter(deployment -> deployment.status().equals("PRIMARY"))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "ECS tells of no primary deployment of " + service.serviceName()));
    return new Running(
        service.serviceArn(),
        parameters,
        last.createdAt(),
        service.deployments().size() == 1
            && (last.rolloutState() == null
                || last.rolloutState() == DeploymentRolloutState.COMPLETED));
  }

  /** An ARN that ends with the parameter's name is what CDK gives; a name would do as well. */
  private Set<String> parameters(String taskDefinition) {
    return ecs
        .describeTaskDefinition(request -> request.taskDefinition(taskDefinition))
        .taskDefinition()
        .containerDefinitions()
        .stream()
        .flatMap(container -> container.secrets().stream())
        .map(secret -> secret.valueFrom())
        .filter(from -> from.contains(prefix))
        .map(from -> from.substring(from.indexOf(prefix) + prefix.length()))
        .collect(Collectors.toSet());
  }

  /** Deploys anew those whose tasks have an older value than there is. */
  void roll(List<Running> services, Map<String, Parameters.Parameter> parameters) {
    for (Running service : services) {
      boolean isOld =
          service.parameters().stream()
              .flatMap(name -> Stream.ofNullable(parameters.get(name)))
              .anyMatch(parameter -> !service.deployed().isAfter(parameter.changed()));
      if (isOld) {
        ecs.updateService(
            request -> request.cluster(cluster).service(service.arn()).forceNewDeployment(true));
        LOG.info("Deployed anew, for its certificate", entry("service", service.arn()));
      }
    }
  }
}
