package colorteller.infra;

import colorteller.mesh.IpPreference;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the app is asked to synthesize, read from the CDK's context and checked.
 *
 * @param stage the stage of the walkthrough
 * @param custom the IP preferences of the mesh and its nodes in the stage {@code custom}
 * @param projectName prefix of every stack, export and target group
 * @param meshName prefix of the names of the meshes
 * @param servicesDomain the domain of the virtual services, and prefix of the Cloud Map namespaces
 * @param envoyImage the image of App Mesh's Envoy; empty means App Mesh's own in the stack's region
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
    String projectName,
    String meshName,
    String servicesDomain,
    Optional<String> envoyImage,
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
  static final String PROJECT_NAME = "projectName";
  static final String MESH_NAME = "meshName";
  static final String SERVICES_DOMAIN = "servicesDomain";
  static final String ENVOY_IMAGE = "envoyImage";
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

  /** Feature flags, what the CDK CLI looked up in an account, and its own settings. */
  private static final Pattern KEY_OF_THE_CDK =
      Pattern.compile(
          "@.+|aws[:-]cdk:.+|[a-z-]+:[^=]+=.+|acknowledged-issue-numbers|cli-telemetry");

  private static final String DEFAULT_PROJECT = "app-mesh-ipv6";
  private static final String DEFAULT_DOMAIN = "default.svc.cluster.local";
  private static final String DEFAULT_BRANCH = "main";
  private static final List<Stage> DEFAULT_PIPELINE_STAGES =
      List.of(Stage.V4_ONLY, Stage.V6_ONLY, Stage.OVERRIDE);
  private static final String DEFAULT_REVIEW_GATES = "security";
  private static final String NO_REVIEW = "off";
  // Says that the mesh or a node has no preference, so that -c can take one back.
  private static final String NO_PREFERENCE = "none";

  /** {@code mesh} and the six colours. */
  private static final List<String> PREFERENCE_KEYS =
      Stream.concat(Stream.of(MESH), Stream.of(Color.values()).map(Color::color)).toList();

  static final List<String> KEYS =
      Stream.concat(
              Stream.of(
                  STAGE,
                  CUSTOM,
                  PROJECT_NAME,
                  MESH_NAME,
                  SERVICES_DOMAIN,
                  ENVOY_IMAGE,
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
    context.keySet().forEach(Settings::checkKey);
    Stage stage = stage(context);
    Optional<Preferences> custom = custom(stage, context);
    // Target group names, such as PROJECT-web-cloud-ipv6, have at most 32 characters.
    String project =
        name(
                context,
                PROJECT_NAME,
                "[a-zA-Z][a-zA-Z0-9-]{0,16}",
                "a letter, then letters, digits and hyphens, at most 17 characters")
            .orElse(DEFAULT_PROJECT);
    if (project.endsWith("-")) {
      throw refused(PROJECT_NAME, project, "a name that does not end with a hyphen");
    }
    return new Settings(
        stage,
        custom,
        project,
        name(
                context,
                MESH_NAME,
                "[a-zA-Z0-9][a-zA-Z0-9-]{0,99}",
                "letters, digits and hyphens, at most 100 characters")
            .orElse(project),
        name(
                context,
                SERVICES_DOMAIN,
                "(?=.{1,200}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*",
                "a domain name in lower case, such as " + DEFAULT_DOMAIN)
            .orElse(DEFAULT_DOMAIN),
        image(context, ENVOY_IMAGE),
        image(context, COLORTELLER_IMAGE),
        flag(context, ENVOY_METRICS),
        choice(context, NAT_GATEWAYS, List.of("1", "2")).map(Integer::valueOf).orElse(1),
        flag(context, FLOW_LOGS),
        name(
            context,
            ACCESS_LOGS_BUCKET,
            "(?!.*\\.\\.)(?!([0-9]+\\.){3}[0-9]+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
            "the name of an S3 bucket"),
        ssh(context),
        pipeline(context, custom));
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
        projectName,
        meshName,
        servicesDomain,
        envoyImage,
        colortellerImage,
        envoyMetrics,
        natGateways,
        flowLogs,
        accessLogsBucket,
        ssh,
        pipeline);
  }

  private static void checkKey(String key) {
    if (KEYS.contains(key) || KEY_OF_THE_CDK.matcher(key).matches()) {
      return;
    }
    String letters = key.replaceAll("[-_]", "");
    String meant =
        KEYS.stream()
            .filter(known -> Similar.words(known, letters))
            .findFirst()
            .map(known -> "; did you mean %s?".formatted(known))
            .orElse("");
    throw new SettingsException(
        "context key '%s' is unknown%s; allowed are %s"
            .formatted(Similar.shortened(key), meant, String.join(", ", KEYS)));
  }

  private static Stage stage(Map<String, Object> context) {
    if (!context.containsKey(STAGE)) {
      return Stage.V4_ONLY;
    }
    String word = text(context, STAGE, String.join(", ", Stage.words()));
    return Stage.of(word).orElseThrow(() -> refused(STAGE, word, String.join(", ", Stage.words())));
  }

  private static Optional<Preferences> custom(Stage stage, Map<String, Object> context) {
    Map<String, Object> own = new LinkedHashMap<>(customInFile(context));
    List<String> given = PREFERENCE_KEYS.stream().filter(context::containsKey).toList();
    if (stage != Stage.CUSTOM && !given.isEmpty()) {
      throw new SettingsException(
          "context key '%s' is for a custom stage, but stage is '%s'; add -c stage=custom, or leave %s out"
              .formatted(given.get(0), stage.word(), given.get(0)));
    }
    given.forEach(key -> own.put(key, context.get(key)));
    Preferences read = read(own);
    if (stage == Stage.CUSTOM && own.isEmpty()) {
      throw new SettingsException(
          "stage 'custom' needs preferences, but none is given; set them in cdk.json under custom, or add -c mesh=IPv6_ONLY -c red=IPv4_PREFERRED and so on");
    }
    return own.isEmpty() ? Optional.empty() : Optional.of(read);
  }

  private static Map<String, Object> customInFile(Map<String, Object> context) {
    Object custom = context.get(CUSTOM);
    if (custom == null) {
      return Map.of();
    }
    if (!(custom instanceof Map<?, ?> entries)) {
      throw refused(
          CUSTOM,
          custom,
          "an object in cdk.json, such as {\"mesh\": \"IPv6_ONLY\", \"red\": \"IPv4_PREFERRED\"}");
    }
    Map<String, Object> result = new LinkedHashMap<>();
    entries.forEach(
        (key, value) -> {
          if (!PREFERENCE_KEYS.contains(String.valueOf(key))) {
            throw new SettingsException(
                "context key 'custom.%s' is unknown; allowed in custom are %s"
                    .formatted(
                        Similar.shortened(String.valueOf(key)),
                        String.join(", ", PREFERENCE_KEYS)));
          }
          result.put(String.valueOf(key), value);
        });
    return result;
  }

  private static Preferences read(Map<String, Object> own) {
    Map<Color, IpPreference> colors = new EnumMap<>(Color.class);
    for (Color color : Color.values()) {
      if (own.containsKey(color.color())) {
        colors.put(color, preference(own, color.color()));
      }
    }
    return new Preferences(
        own.containsKey(MESH) ? preference(own, MESH) : IpPreference.NONE, colors);
  }

  private static IpPreference preference(Map<String, Object> own, String key) {
    List<String> allowed = new ArrayList<>(IpPreference.names());
    allowed.add(NO_PREFERENCE);
    String word = text(own, key, String.join(", ", allowed));
    if (!allowed.contains(word)) {
      throw refused(key, word, String.join(", ", allowed));
    }
    return word.equals(NO_PREFERENCE) ? IpPreference.NONE : IpPreference.of(word);
  }

  private static Optional<String> image(Map<String, Object> context, String key) {
    String word = "[a-z0-9]([a-z0-9._-]*[a-z0-9])?";
    String digest = "@sha256:[0-9a-f]{64}";
    return name(
        context,
        key,
        "(?=.{1,255}$)%1$s(:[0-9]{1,5}(?=/))?(/%1$s)*(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}(%2$s)?|%2$s)"
            .formatted(word, digest),
        "the name of a container image with its tag or digest, such as public.ecr.aws/appmesh/aws-appmesh-envoy:"
            + Images.ENVOY_TAG);
  }

  private static Optional<SshAccess> ssh(Map<String, Object> context) {
    Optional<String> keyPair =
        name(
            context,
            KEY_PAIR_NAME,
            "[ -~]{0,254}[!-~]",
            "the name of an EC2 key pair, at most 255 characters");
    Optional<String> cidr = cidr(context);
    checkBoth(context, KEY_PAIR_NAME, SSH_CIDR, "SSH to the bastion");
    return keyPair.map(name -> new SshAccess(name, cidr.orElseThrow()));
  }

  private static void checkBoth(
      Map<String, Object> context, String one, String other, String purpose) {
    if (context.containsKey(one) != context.containsKey(other)) {
      String given = context.containsKey(one) ? one : other;
      String missing = context.containsKey(one) ? other : one;
      throw new SettingsException(
          "context key '%s' is given without '%s'; give both for %s, or neither"
              .formatted(given, missing, purpose));
    }
  }

  private static Optional<Pipeline> pipeline(
      Map<String, Object> context, Optional<Preferences> custom) {
    Optional<String> connectionArn =
        name(
            context,
            CONNECTION_ARN,
            "arn:aws[a-z-]{0,20}:(codeconnections|codestar-connections):[a-z0-9-]{1,30}:[0-9]{12}:connection/[a-zA-Z0-9-]{1,64}",
            "the ARN of a connection to where the repository is, as the console shows it");
    Optional<String> repository =
        name(
            context,
            REPOSITORY,
            "[a-zA-Z0-9._-]{1,100}/[a-zA-Z0-9._-]{1,100}",
            "a repository as owner/name");
    Optional<String> branch =
        name(context, BRANCH, "[a-zA-Z0-9][a-zA-Z0-9._/-]{0,199}", "the name of a branch");
    List<Stage> stages = pipelineStages(context, custom);
    String gate = "(security|replacement|requests)";
    String gates =
        name(
                context,
                REVIEW_GATES,
                "%1$s(,%1$s){0,2}|none|%2$s".formatted(gate, NO_REVIEW),
                "security, replacement and requests, one or more with commas between, none to fail at no change, %s for no check of pull requests"
                    .formatted(NO_REVIEW))
            .orElse(DEFAULT_REVIEW_GATES);
    Optional<String> topicArn =
        name(
            context,
            NOTIFICATIONS_TOPIC_ARN,
            "arn:aws[a-z-]{0,20}:sns:[a-z0-9-]{1,30}:[0-9]{12}:[a-zA-Z0-9_-]{1,256}",
            "the ARN of an SNS topic");
    checkBoth(context, CONNECTION_ARN, REPOSITORY, "the pipeline");
    Stream.of(BRANCH, PIPELINE_STAGES, REVIEW_GATES, NOTIFICATIONS_TOPIC_ARN)
        .filter(key -> context.containsKey(key) && connectionArn.isEmpty())
        .findFirst()
        .ifPresent(
            key -> {
              throw new SettingsException(
                  "context key '%s' is for the pipeline, which needs '%s' and '%s'; add both, or leave %s out"
                      .formatted(key, CONNECTION_ARN, REPOSITORY, key));
            });
    return connectionArn.map(
        arn ->
            new Pipeline(
                arn,
                repository.orElseThrow(),
                branch.orElse(DEFAULT_BRANCH),
                stages,
                Optional.of(gates).filter(words -> !words.equals(NO_REVIEW)),
                topicArn));
  }

  private static List<Stage> pipelineStages(
      Map<String, Object> context, Optional<Preferences> custom) {
    if (!context.containsKey(PIPELINE_STAGES)) {
      return DEFAULT_PIPELINE_STAGES;
    }
    String allowed =
        "different ones of %s, with commas between".formatted(String.join(", ", Stage.words()));
    String words = text(context, PIPELINE_STAGES, allowed);
    List<Stage> stages =
        Stream.of(words.split(",", -1))
            .map(word -> Stage.of(word).orElseThrow(() -> refused(PIPELINE_STAGES, words, allowed)))
            .toList();
    if (stages.stream().distinct().count() < stages.size()) {
      throw refused(PIPELINE_STAGES, words, allowed);
    }
    if (stages.contains(Stage.CUSTOM) && custom.isEmpty()) {
      throw new SettingsException(
          "context key '%s' holds the stage 'custom', which needs preferences, but none is given; set them in cdk.json under custom"
              .formatted(PIPELINE_STAGES));
    }
    return stages;
  }

  private static Optional<String> cidr(Map<String, Object> context) {
    String allowed =
        "an IPv4 block no larger than /8 or an IPv6 block no larger than /32, such as 203.0.113.7/32 or 2001:db8::7/128";
    String octet = "(0|[1-9][0-9]{0,2})";
    return name(
            context,
            SSH_CIDR,
            "(%1$s(\\.%1$s){3}|[0-9a-fA-F]*:[0-9a-fA-F.:]{1,44})/[0-9]{1,3}".formatted(octet),
            allowed)
        .map(
            text -> {
              IPAddress block = new IPAddressString(text).getAddress();
              if (block == null
                  || !block.isPrefixBlock()
                  || block.getPrefixLength() < (block.isIPv4() ? 8 : 32)) {
                throw refused(SSH_CIDR, text, allowed);
              }
              return block.toCanonicalString();
            });
  }

  private static boolean flag(Map<String, Object> context, String key) {
    return choice(context, key, List.of("true", "false")).map(Boolean::valueOf).orElse(false);
  }

  /** A value as cdk.json writes it, such as {@code 2}, or as -c does: {@code "2"}. */
  private static Optional<String> choice(
      Map<String, Object> context, String key, List<String> allowed) {
    if (!context.containsKey(key)) {
      return Optional.empty();
    }
    String value = String.valueOf(context.get(key));
    if (!allowed.contains(value)) {
      throw refused(key, value, String.join(", ", allowed));
    }
    return Optional.of(value);
  }

  private static Optional<String> name(
      Map<String, Object> context, String key, String pattern, String allowed) {
    if (!context.containsKey(key)) {
      return Optional.empty();
    }
    String value = text(context, key, allowed);
    if (!value.matches(pattern)) {
      throw refused(key, value, allowed);
    }
    return Optional.of(value);
  }

  private static String text(Map<String, Object> context, String key, String allowed) {
    if (context.get(key) instanceof String text) {
      return text;
    }
    throw refused(key, String.valueOf(context.get(key)), allowed);
  }

  private static SettingsException refused(String key, Object value, String allowed) {
    return new SettingsException(
        "context value %s='%s' is not allowed; allowed: %s"
            .formatted(key, Similar.shortened(String.valueOf(value)), allowed));
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
    values.put(PROJECT_NAME, projectName);
    values.put(MESH_NAME, meshName);
    values.put(SERVICES_DOMAIN, servicesDomain);
    values.put(ENVOY_IMAGE, envoyImage.orElse("App Mesh's " + Images.ENVOY_TAG));
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
