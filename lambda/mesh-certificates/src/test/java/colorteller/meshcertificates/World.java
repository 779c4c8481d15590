package colorteller.meshcertificates;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.ContainerDefinition;
import software.amazon.awssdk.services.ecs.model.Deployment;
import software.amazon.awssdk.services.ecs.model.DeploymentControllerType;
import software.amazon.awssdk.services.ecs.model.DeploymentRolloutState;
import software.amazon.awssdk.services.ecs.model.DescribeServicesRequest;
import software.amazon.awssdk.services.ecs.model.DescribeServicesResponse;
import software.amazon.awssdk.services.ecs.model.DescribeTaskDefinitionRequest;
import software.amazon.awssdk.services.ecs.model.DescribeTaskDefinitionResponse;
import software.amazon.awssdk.services.ecs.model.EcsException;
import software.amazon.awssdk.services.ecs.model.ListServicesRequest;
import software.amazon.awssdk.services.ecs.model.ListServicesResponse;
import software.amazon.awssdk.services.ecs.model.Secret;
import software.amazon.awssdk.services.ecs.model.Service;
import software.amazon.awssdk.services.ecs.model.StabilityStatus;
import software.amazon.awssdk.services.ecs.model.TaskDefinition;
import software.amazon.awssdk.services.ecs.model.TaskSet;
import software.amazon.awssdk.services.ecs.model.UpdateServiceRequest;
import software.amazon.awssdk.services.ecs.model.UpdateServiceResponse;
import software.amazon.awssdk.services.ecs.paginators.ListServicesIterable;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.DeleteParametersRequest;
import software.amazon.awssdk.services.ssm.model.DeleteParametersResponse;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathRequest;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterAlreadyExistsException;
import software.amazon.awssdk.services.ssm.model.ParameterType;
import software.amazon.awssdk.services.ssm.model.PutParameterRequest;
import software.amazon.awssdk.services.ssm.model.PutParameterResponse;
import software.amazon.awssdk.services.ssm.model.SsmException;
import software.amazon.awssdk.services.ssm.paginators.GetParametersByPathIterable;

/** A model of AWS: SSM's parameters, and the ECS services whose tasks are given some of them. */
final class World {

  static final String PREFIX = "/shop/certificates";
  static final String AUTHORITY_KEY = "arn:aws:kms:eu-west-1:111122223333:key/authority";

  /** What a task has that runs. */
  record Task(Map<String, String> given) {}

  /** A service: what its tasks are given, its deployments, the one task that runs. */
  private static final class RunningService {
    private final List<String> parameters;
    private final List<Deployment> deployments = new ArrayList<>();
    private final List<TaskSet> taskSets = new ArrayList<>();
    private DeploymentControllerType deployedBy = DeploymentControllerType.ECS;
    private Task task = new Task(Map.of());

    RunningService(List<String> parameters) {
      this.parameters = parameters;
    }

    boolean isComplete() {
      return deployments.size() == 1
          && deployments.get(0).rolloutState() == DeploymentRolloutState.COMPLETED;
    }
  }

  private static Deployment deployment(
      String status, Instant createdAt, DeploymentRolloutState state) {
    return Deployment.builder().status(status).createdAt(createdAt).rolloutState(state).build();
  }

  private final Map<String, Parameter> parameters = new TreeMap<>();
  private final Map<String, String> keys = new TreeMap<>();
  private final Map<String, RunningService> services = new LinkedHashMap<>();
  private final List<String> rolled = new ArrayList<>();
  private final Set<String> refusesDeployments = new HashSet<>();
  private final Set<String> startsNone = new HashSet<>();
  private boolean ecsFails;
  private boolean authorityKeyIsDisabled;
  private Instant now = Instant.parse("2027-01-01T00:00:00Z");

  final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  final SsmClient ssm =
      new SsmClient() {
        @Override
        public GetParametersByPathResponse getParametersByPath(GetParametersByPathRequest request) {
          if (request.withDecryption() && authorityKeyIsDisabled) {
            throw SsmException.builder().message("The key is disabled").build();
          }
          return GetParametersByPathResponse.builder()
              .parameters(
                  parameters.values().stream()
                      .filter(parameter -> parameter.name().startsWith(request.path() + "/"))
                      .map(
                          parameter ->
                              request.withDecryption()
                                  ? parameter
                                  : parameter.toBuilder().value("encrypted").build())
                      .toList())
              .build();
        }

        @Override
        public GetParametersByPathIterable getParametersByPathPaginator(
            GetParametersByPathRequest request) {
          return new GetParametersByPathIterable(this, request);
        }

        @Override
        public PutParameterResponse putParameter(PutParameterRequest request) {
          if (!request.overwrite() && parameters.containsKey(request.name())) {
            throw ParameterAlreadyExistsException.builder().build();
          }
          if (request.type() != ParameterType.SECURE_STRING || request.value().length() > 4096) {
            throw new AssertionError("SSM would not keep it secret, or not take it");
          }
          keys.put(request.name(), request.keyId());
          parameters.put(
              request.name(),
              Parameter.builder()
                  .name(request.name())
                  .value(request.value())
                  .lastModifiedDate(now)
                  .build());
          return PutParameterResponse.builder().build();
        }

        @Override
        public DeleteParametersResponse deleteParameters(DeleteParametersRequest request) {
          if (request.names().size() > 10) {
            throw new AssertionError("SSM takes ten names");
          }
          parameters.keySet().removeAll(request.names());
          return DeleteParametersResponse.builder().build();
        }

        @Override
        public String serviceName() {
          return "ssm";
        }

        @Override
        public void close() {}
      };

  final EcsClient ecs =
      new EcsClient() {
        @Override
        public ListServicesResponse listServices(ListServicesRequest request) {
          if (ecsFails) {
            throw EcsException.builder().message("not today").build();
          }
          int from = request.nextToken() == null ? 0 : Integer.parseInt(request.nextToken());
          int to = Math.min(from + 10, services.size());
          return ListServicesResponse.builder()
              .serviceArns(List.copyOf(services.keySet()).subList(from, to))
              .nextToken(to < services.size() ? String.valueOf(to) : null)
              .build();
        }

        @Override
        public ListServicesIterable listServicesPaginator(ListServicesRequest request) {
          return new ListServicesIterable(this, request);
        }

        @Override
        public DescribeServicesResponse describeServices(DescribeServicesRequest request) {
          if (request.services().size() > 10) {
            throw new AssertionError("ECS takes ten services");
          }
          return DescribeServicesResponse.builder()
              .services(
                  request.services().stream()
                      .map(
                          name -> {
                            RunningService service = Objects.requireNonNull(services.get(name));
                            return Service.builder()
                                .serviceArn(name)
                                .taskDefinition(
                                    service.deployedBy == DeploymentControllerType.EXTERNAL
                                        ? null
                                        : name)
                                .deploymentController(
                                    controller -> controller.type(service.deployedBy))
                                .deployments(service.deployments)
                                .taskSets(service.taskSets)
                                .build();
                          })
                      .toList())
              .build();
        }

        @Override
        public DescribeTaskDefinitionResponse describeTaskDefinition(
            DescribeTaskDefinitionRequest request) {
          return DescribeTaskDefinitionResponse.builder()
              .taskDefinition(
                  TaskDefinition.builder()
                      .containerDefinitions(
                          ContainerDefinition.builder()
                              .secrets(
                                  Objects.requireNonNull(services.get(request.taskDefinition()))
                                      .parameters
                                      .stream()
                                      .map(
                                          name ->
                                              Secret.builder()
                                                  .valueFrom(
                                                      "arn:aws:ssm:eu-west-1:111122223333:parameter"
                                                          + name)
                                                  .build())
                                      .toList())
                              .build())
                      .build())
              .build();
        }

        @Override
        public UpdateServiceResponse updateService(UpdateServiceRequest request) {
          RunningService service = Objects.requireNonNull(services.get(request.service()));
          if (!request.forceNewDeployment()) {
            throw new AssertionError("ECS would do nothing");
          }
          if (service.deployedBy != DeploymentControllerType.ECS) {
            throw new AssertionError("ECS would refuse it");
          }
          if (refusesDeployments.contains(request.service())) {
            throw EcsException.builder().message("no").build();
          }
          // The last one that was well goes on until the new one is.
          Deployment before = service.deployments.get(service.deployments.size() - 1);
          service.deployments.clear();
          service.deployments.add(
              deployment("PRIMARY", now.plusSeconds(1), DeploymentRolloutState.IN_PROGRESS));
          service.deployments.add(before.toBuilder().status("ACTIVE").build());
          rolled.add(request.service());
          return UpdateServiceResponse.builder().build();
        }

        @Override
        public String serviceName() {
          return "ecs";
        }

        @Override
        public void close() {}
      };

  Renewal renewal() {
    return new Renewal(
        ssm,
        PREFIX,
        AUTHORITY_KEY,
        new Services(ecs, new MeshCertificatesEnvironment(PREFIX, "shop", AUTHORITY_KEY)),
        clock);
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  Instant now() {
    return now;
  }

  /** Deploys a service whose tasks are given parameters of the prefix. */
  void deploy(String service, String... names) {
    List<String> full = List.of(names).stream().map(name -> PREFIX + "/" + name).toList();
    RunningService running = new RunningService(full);
    running.deployments.add(deployment("PRIMARY", now, DeploymentRolloutState.IN_PROGRESS));
    services.put(service, running);
    finishDeployments();
  }

  /** Somebody else than ECS deploys a service whose tasks are given parameters of the prefix. */
  void deployBy(DeploymentControllerType controller, String service, String... names) {
    deploy(service, names);
    RunningService running = Objects.requireNonNull(services.get(service));
    running.deployedBy = controller;
    running.deployments.clear();
    running.taskSets.add(
        TaskSet.builder()
            .status("PRIMARY")
            .createdAt(now)
            .taskDefinition(service)
            .stabilityStatus(StabilityStatus.STEADY_STATE)
            .build());
  }

  /** Nothing runs of a service that somebody else than ECS deploys. */
  void removeTaskSets(String service) {
    Objects.requireNonNull(services.get(service)).taskSets.clear();
  }

  /** From now on, SSM gives nothing below the prefix that is to be decrypted, whoever's it is. */
  void disableAuthorityKey() {
    authorityKeyIsDisabled = true;
  }

  /** Whether ECS says nothing from now on. */
  void letEcsFail(boolean fails) {
    ecsFails = fails;
  }

  /** ECS has replaced all tasks, but for those of services that cannot start any. */
  void finishDeployments() {
    services.keySet().stream()
        .filter(service -> !startsNone.contains(service))
        .filter(
            service ->
                Objects.requireNonNull(services.get(service)).deployedBy
                    == DeploymentControllerType.ECS)
        .forEach(this::finishDeployment);
  }

  /** ECS has replaced all tasks of a service. */
  void finishDeployment(String name) {
    RunningService service = Objects.requireNonNull(services.get(name));
    if (!service.isComplete()) {
      Map<String, String> given = new TreeMap<>();
      service.parameters.forEach(
          parameter ->
              given.put(
                  parameter.substring(PREFIX.length() + 1),
                  Objects.requireNonNull(parameters.get(parameter)).value()));
      service.task = new Task(given);
      Instant createdAt = service.deployments.get(0).createdAt();
      service.deployments.clear();
      service.deployments.add(deployment("PRIMARY", createdAt, DeploymentRolloutState.COMPLETED));
    }
  }

  /** From now on, no task of a service starts. */
  void startNone(String service) {
    startsNone.add(service);
  }

  /** ECS has given up the last deployment. */
  void failDeployment(String service) {
    List<Deployment> deployments = Objects.requireNonNull(services.get(service)).deployments;
    deployments.set(
        0,
        deployments.get(0).toBuilder()
            .rolloutState(DeploymentRolloutState.FAILED)
            .rolloutStateReason("tasks failed to start")
            .build());
  }

  /** ECS has given up the last deployment, and goes on with the one before. */
  void rollBack(String service) {
    List<Deployment> deployments = Objects.requireNonNull(services.get(service)).deployments;
    deployments.remove(0);
    deployments.set(0, deployments.get(0).toBuilder().status("PRIMARY").build());
  }

  /** ECS takes no deployment of a service. */
  void refuseDeployments(String service) {
    refusesDeployments.add(service);
  }

  Task task(String service) {
    return Objects.requireNonNull(services.get(service)).task;
  }

  /** Which services were deployed anew since this was last asked. */
  List<String> rolled() {
    List<String> some = List.copyOf(rolled);
    rolled.clear();
    return some;
  }

  /** All values, by the names below the prefix. */
  Map<String, String> values() {
    Map<String, String> values = new TreeMap<>();
    parameters
        .values()
        .forEach(
            parameter ->
                values.put(parameter.name().substring(PREFIX.length() + 1), parameter.value()));
    return values;
  }

  /** By which keys the parameters are encrypted that ever were, by their whole names. */
  Map<String, String> keys() {
    return new TreeMap<>(keys);
  }

  String value(String name) {
    return Objects.requireNonNull(values().get(name), name);
  }
}
