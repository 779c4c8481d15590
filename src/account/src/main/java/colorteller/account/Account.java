package colorteller.account;

import colorteller.deployment.CloudMapService;
import colorteller.deployment.CustomResource;
import colorteller.deployment.Deployment;
import colorteller.deployment.EcsService;
import colorteller.mesh.IpFamily;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/**
 * An account in which stacks are deployed: what of their resources is seen through AWS's APIs, and
 * no more. CloudFormation's part is {@link #deploy}, that of ECS {@link #register}.
 */
public final class Account implements AutoCloseable {

  /** The region that templates are read for where none is given. */
  public static final String REGION = "us-west-2";

  private static final Map<IpFamily, String> ADDRESSES =
      Map.of(IpFamily.IPV4, "AWS_INSTANCE_IPV4", IpFamily.IPV6, "AWS_INSTANCE_IPV6");

  private final Moto moto;
  private final String endpoint;
  private final Functions functions;
  private final S3Client s3;
  private final SsmClient ssm;
  private final ServiceDiscoveryClient cloudMap;
  private final EcsClient ecs;
  private final Map<String, String> services = new ConcurrentHashMap<>();
  private final Set<String> buckets = new HashSet<>();

  /**
   * An empty account.
   *
   * @param moto AWS's APIs; it ends with the account
   * @param functions runs the functions of stacks; they end with the account
   */
  public Account(Moto moto, Functions functions) {
    this(moto, moto.endpoint(), functions);
  }

  /**
   * One to which others come another way.
   *
   * @param endpoint where whoever is deployed asks for AWS's APIs, a URL
   */
  public Account(Moto moto, String endpoint, Functions functions) {
    this.moto = moto;
    this.endpoint = endpoint;
    this.functions = functions;
    s3 = moto.client(S3Client.builder().forcePathStyle(true), REGION);
    ssm = moto.client(SsmClient.builder(), REGION);
    cloudMap = moto.client(ServiceDiscoveryClient.builder(), REGION);
    ecs = moto.client(EcsClient.builder(), REGION);
  }

  /** Where whoever is deployed asks for AWS's APIs, a URL. */
  public String endpoint() {
    return endpoint;
  }

  /** The environment of a process that is to ask an endpoint in place of AWS, and nothing else. */
  public static Map<String, String> environment(String endpoint) {
    return Moto.environment(endpoint, REGION);
  }

  /**
   * Deploys stacks: their SSM parameters, Cloud Map services and custom resources, in this order.
   *
   * @throws AccountFailure if a custom resource's function fails
   */
  public void deploy(Deployment deployment) {
    deployment.parameters().forEach(this::putParameter);
    deployment.services().stream()
        .map(EcsService::registry)
        .flatMap(Optional::stream)
        .forEach(this::create);
    deployment.customResources().forEach(this::create);
  }

  private void create(CloudMapService service) {
    services.computeIfAbsent(
        service.host(),
        host -> {
          String namespace = namespace(service.namespace());
          return cloudMap
              .createService(call -> call.name(service.name()).namespaceId(namespace))
              .service()
              .id();
        });
  }

  private String namespace(String name) {
    return find(name)
        .orElseGet(
            () -> {
              // Its DNS is not moto's business, which would allow a VPC one zone.
              cloudMap.createHttpNamespace(call -> call.name(name));
              return find(name).orElseThrow();
            });
  }

  private Optional<String> find(String namespace) {
    return cloudMap.listNamespacesPaginator().stream()
        .flatMap(page -> page.namespaces().stream())
        .filter(candidate -> candidate.name().equals(namespace))
        .map(found -> found.id())
        .findFirst();
  }

  private void create(CustomResource resource) {
    Map<String, String> environment = new HashMap<>(environment(endpoint));
    environment.putAll(resource.environment());
    // The one thing of the cluster that the functions ask for.
    Optional.ofNullable(environment.get("CLUSTER"))
        .ifPresent(cluster -> ecs.createCluster(call -> call.clusterName(lastPart(cluster))));
    functions.create(resource, environment);
  }

  private static String lastPart(String id) {
    return id.substring(id.lastIndexOf('/') + 1);
  }

  /** Puts an SSM parameter in place of the one of its name. */
  public void putParameter(String name, String value) {
    put(name, value, ParameterType.STRING);
  }

  /** The same for one of type SecureString. */
  public void putSecret(String name, String value) {
    put(name, value, ParameterType.SECURE_STRING);
  }

  private void put(String name, String value, ParameterType type) {
    ssm.putParameter(call -> call.name(name).value(value).type(type).overwrite(true));
  }

  /** The value of an SSM parameter, decrypted. */
  public String parameter(String name) {
    return ssm.getParameter(call -> call.name(name).withDecryption(true)).parameter().value();
  }

  /** Puts an object into a bucket, which is created if there is none. */
  public synchronized void putObject(String bucket, String key, String text) {
    if (buckets.add(bucket)) {
      s3.createBucket(
          call ->
              call.bucket(bucket)
                  .createBucketConfiguration(where -> where.locationConstraint(REGION)));
    }
    s3.putObject(call -> call.bucket(bucket).key(key), RequestBody.fromString(text));
  }

  /**
   * Registers a task with its service, as ECS does.
   *
   * @param task a name that no other task of the service has
   */
  public void register(CloudMapService service, String task, Map<IpFamily, String> addresses) {
    Map<String, String> attributes = new TreeMap<>();
    addresses.forEach(
        (family, address) ->
            attributes.put(Objects.requireNonNull(ADDRESSES.get(family)), address));
    cloudMap.registerInstance(
        call -> call.serviceId(id(service)).instanceId(task).attributes(attributes));
  }

  /** Forgets a task. */
  public void deregister(CloudMapService service, String task) {
    cloudMap.deregisterInstance(call -> call.serviceId(id(service)).instanceId(task));
  }

  private String id(CloudMapService service) {
    return Objects.requireNonNull(services.get(service.host()), service.host());
  }

  @Override
  public void close() {
    try (moto;
        ecs;
        cloudMap;
        ssm;
        s3) {
      functions.close();
    }
  }
}
