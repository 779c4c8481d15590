package colorteller.infra;

import colorteller.constructs.EnvoyImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the app is asked to synthesize, read from the CDK's context and checked.
 *
 * @param stage the stage of the walkthrough
 * @param custom the IP preferences of the mesh and its nodes in the stage {@code custom}
 * @param backend what configures the Envoys
 * @param projectName prefix of every stack, export and target group
 * @param meshName prefix of the names of the meshes
 * @param servicesDomain the domain of the virtual services, and prefix of the Cloud Map namespaces
 * @param envoyImage the image of the backend's Envoy; empty means App Mesh's own in the stack's
 *     region, or the one that {@link colorteller.constructs.EnvoyImage} builds
 * @param envoyBaseImage what that is built from; empty means Envoy's own, by its tag
 * @param colortellerImage an image of the application; empty means that it is built from its source
 * @param envoyMetrics whether the Envoys' statistics go to CloudWatch
 * @param natGateways how many NAT gateways the VPC has
 * @param flowLogs whether the VPC's traffic is logged
 * @param accessLogsBucket the bucket for the load balancers' access logs; empty means no logs
 * @param ssh who may log in to the bastion by SSH; empty means nobody
 * @param pipeline what the pipeline builds and deploys; empty means that there is none
 */
record Settings(
    Stage stage,
    Optional<Preferences> custom,
    Backend backend,
    String projectName,
    String meshName,
    String servicesDomain,
    Optional<String> envoyImage,
    Optional<String> envoyBaseImage,
    Optional<String> colortellerImage,
    boolean envoyMetrics,
    int natGateways,
    boolean flowLogs,
    Optional<String> accessLogsBucket,
    Optional<SshAccess> ssh,
    Optional<Pipeline> pipeline) {

  /**
   * SSH to the bastion.
   *
   * @param keyPairName the name of an EC2 key pair
   * @param cidr from where, as an IPv4 or IPv6 block
   */
  record SshAccess(String keyPairName, String cidr) {}

  /**
   * The pipeline.
   *
   * @param connectionArn the connection by which it reads the repository
   * @param repository as {@code owner/name}
   * @param stages the stages that it deploys and verifies, one after the other; the last one stays
   * @param reviewGates at what of {@code ./walkthrough review --fail-on} the check of a pull
   *     request fails; empty means that pull requests are not checked
   * @param notificationsTopicArn the topic that is told how an execution ended; empty means none
   */
  record Pipeline(
      String connectionArn,
      String repository,
      String branch,
      List<Stage> stages,
      Optional<String> reviewGates,
      Optional<String> notificationsTopicArn) {}

  static final String STAGE = "stage";
  static final String CUSTOM = "custom";
  static final String MESH = "mesh";
  static final String BACKEND = "backend";
  static final String PROJECT_NAME = "projectName";
  static final String MESH_NAME = "meshName";
  static final String SERVICES_DOMAIN = "servicesDomain";
  static final String ENVOY_IMAGE = "envoyImage";
  static final String ENVOY_BASE_IMAGE = "envoyBaseImage";
  static final String COLORTELLER_IMAGE = "colortellerImage";
  static final String ENVOY_METRICS = "envoyMetrics";
  static final String NAT_GATEWAYS = "natGateways";
  static final String FLOW_LOGS = "flowLogs";
  static final String ACCESS_LOGS_BUCKET = "accessLogsBucket";
  static final String KEY_PAIR_NAME = "keyPairName";
  static final String SSH_CIDR = "sshCidr";
  static final String CONNECTION_ARN = "connectionArn";
  static final String REPOSITORY = "repository";
  static final String BRANCH = "branch";
  static final String PIPELINE_STAGES = "pipelineStages";
  static final String REVIEW_GATES = "reviewGates";
  static final String NOTIFICATIONS_TOPIC_ARN = "notificationsTopicArn";

  /** The value of {@link #REVIEW_GATES} for no check of pull requests. */
  static final String NO_REVIEW = "off";

  /** {@code mesh} and the six colours. */
  static final List<String> PREFERENCE_KEYS =
      Stream.concat(Stream.of(MESH), Stream.of(Color.values()).map(Color::color)).toList();

  static final List<String> KEYS =
      Stream.concat(
              Stream.of(
                  STAGE,
                  CUSTOM,
                  BACKEND,
                  PROJECT_NAME,
                  MESH_NAME,
                  SERVICES_DOMAIN,
                  ENVOY_IMAGE,
                  ENVOY_BASE_IMAGE,
                  COLORTELLER_IMAGE,
                  ENVOY_METRICS,
                  NAT_GATEWAYS,
                  FLOW_LOGS,
                  ACCESS_LOGS_BUCKET,
                  KEY_PAIR_NAME,
                  SSH_CIDR,
                  CONNECTION_ARN,
                  REPOSITORY,
                  BRANCH,
                  PIPELINE_STAGES,
                  REVIEW_GATES,
                  NOTIFICATIONS_TOPIC_ARN),
              PREFERENCE_KEYS.stream())
          .toList();

  /**
   * Reads and checks the context.
   *
   * @throws SettingsException if a key or a value is not allowed
   */
  static Settings of(Map<String, Object> context) {
    return SettingsReader.read(context);
  }

  /** The IP preferences of the mesh and its nodes. */
  Preferences preferences() {
    return stage.preferences().or(() -> custom).orElseThrow();
  }

  /** The same with another stage. */
  Settings at(Stage other) {
    return new Settings(
        other,
        custom,
        backend,
        projectName,
        meshName,
        servicesDomain,
        envoyImage,
        envoyBaseImage,
        colortellerImage,
        envoyMetrics,
        natGateways,
        flowLogs,
        accessLogsBucket,
        ssh,
        pipeline);
  }

  /**
   * Says in one line what is in force and where each value comes from.
   *
   * @param stages the stage or stages, and where they come from
   * @param from what the settings were read from
   */
  String describe(String stages, Context from) {
    Map<String, Object> context = from.values();
    Map<String, String> values = new LinkedHashMap<>();
    if (stage == Stage.CUSTOM) {
      Stream.concat(Stream.of(CUSTOM), PREFERENCE_KEYS.stream())
          .filter(context::containsKey)
          .forEach(key -> values.put(key, String.valueOf(context.get(key))));
    }
    values.put(BACKEND, backend.word());
    values.put(PROJECT_NAME, projectName);
    values.put(MESH_NAME, meshName);
    values.put(SERVICES_DOMAIN, servicesDomain);
    values.put(
        ENVOY_IMAGE,
        envoyImage.orElse(
            backend == Backend.APPMESH
                ? "App Mesh's " + Images.ENVOY_TAG
                : "built from " + ENVOY_BASE_IMAGE));
    if (backend == Backend.ENVOY) {
      values.put(
          ENVOY_BASE_IMAGE,
          envoyImage.isPresent() ? "none" : envoyBaseImage.orElse(EnvoyImage.ENVOY));
    }
    values.put(COLORTELLER_IMAGE, colortellerImage.orElse("built from src/colorteller"));
    values.put(ENVOY_METRICS, String.valueOf(envoyMetrics));
    values.put(NAT_GATEWAYS, String.valueOf(natGateways));
    values.put(FLOW_LOGS, String.valueOf(flowLogs));
    values.put(ACCESS_LOGS_BUCKET, accessLogsBucket.orElse("none"));
    values.put(KEY_PAIR_NAME, ssh.map(SshAccess::keyPairName).orElse("none"));
    values.put(SSH_CIDR, ssh.map(SshAccess::cidr).orElse("none"));
    values.put(CONNECTION_ARN, pipeline.map(Pipeline::connectionArn).orElse("none"));
    pipeline.ifPresent(
        given -> {
          values.put(REPOSITORY, given.repository());
          values.put(BRANCH, given.branch());
          values.put(
              PIPELINE_STAGES,
              given.stages().stream().map(Stage::word).collect(Collectors.joining(",")));
          values.put(REVIEW_GATES, given.reviewGates().orElse(NO_REVIEW));
          values.put(NOTIFICATIONS_TOPIC_ARN, given.notificationsTopicArn().orElse("none"));
        });
    return values.entrySet().stream()
        .map(
            entry ->
                "%s=%s (%s)"
                    .formatted(entry.getKey(), entry.getValue(), from.source(entry.getKey())))
        .collect(Collectors.joining(", ", "Settings: stage=" + stages + ", ", ""));
  }
}
