package colorteller.infra;

import static colorteller.infra.Settings.ACCESS_LOGS_BUCKET;
import static colorteller.infra.Settings.BACKEND;
import static colorteller.infra.Settings.BRANCH;
import static colorteller.infra.Settings.COLORTELLER_IMAGE;
import static colorteller.infra.Settings.CONNECTION_ARN;
import static colorteller.infra.Settings.ENVOY_BASE_IMAGE;
import static colorteller.infra.Settings.ENVOY_IMAGE;
import static colorteller.infra.Settings.ENVOY_METRICS;
import static colorteller.infra.Settings.FLOW_LOGS;
import static colorteller.infra.Settings.KEYS;
import static colorteller.infra.Settings.KEY_PAIR_NAME;
import static colorteller.infra.Settings.MESH_NAME;
import static colorteller.infra.Settings.NAT_GATEWAYS;
import static colorteller.infra.Settings.NOTIFICATIONS_TOPIC_ARN;
import static colorteller.infra.Settings.NO_REVIEW;
import static colorteller.infra.Settings.PIPELINE_STAGES;
import static colorteller.infra.Settings.PROJECT_NAME;
import static colorteller.infra.Settings.REPOSITORY;
import static colorteller.infra.Settings.REVIEW_GATES;
import static colorteller.infra.Settings.SERVICES_DOMAIN;
import static colorteller.infra.Settings.SSH_CIDR;
import static colorteller.infra.Settings.STAGE;

import colorteller.constructs.EnvoyImage;
import colorteller.infra.Settings.Pipeline;
import colorteller.infra.Settings.SshAccess;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the settings from the CDK's context, and checks them. */
final class SettingsReader {

  /** Feature flags, what the CDK CLI looked up in an account, and its own settings. */
  private static final Pattern KEY_OF_THE_CDK =
      Pattern.compile(
          "@.+|aws[:-]cdk:.+|[a-z-]+:[^=]+=.+|acknowledged-issue-numbers|cli-telemetry");

  private static final String DEFAULT_PROJECT = "app-mesh-ipv6";
  private static final String DEFAULT_DOMAIN = "default.svc.cluster.local";
  private static final String DEFAULT_BRANCH = "main";

  /** In examples, of an account of one's own. */
  private static final String REGISTRY = "111122223333.dkr.ecr.us-west-2.amazonaws.com/";

  private static final List<Stage> DEFAULT_PIPELINE_STAGES =
      List.of(Stage.V4_ONLY, Stage.V6_ONLY, Stage.OVERRIDE);
  private static final String DEFAULT_REVIEW_GATES = "security";

  private final SettingValues context;

  private SettingsReader(SettingValues context) {
    this.context = context;
  }

  /**
   * Reads and checks the context.
   *
   * @throws SettingsException if a key or a value is not allowed
   */
  static Settings read(Map<String, Object> context) {
    context.keySet().forEach(SettingsReader::checkKey);
    return new SettingsReader(new SettingValues(context)).read();
  }

  private Settings read() {
    Stage stage = stage();
    Optional<Preferences> custom = PreferencesReader.read(stage, context);
    // Target group names, such as PROJECT-web-cloud-ipv6, have at most 32 characters.
    String project =
        context
            .name(
                PROJECT_NAME,
                "[a-zA-Z][a-zA-Z0-9-]{0,16}",
                "a letter, then letters, digits and hyphens, at most 17 characters")
            .orElse(DEFAULT_PROJECT);
    if (project.endsWith("-")) {
      throw SettingValues.refused(PROJECT_NAME, project, "a name that does not end with a hyphen");
    }
    if (backend() == Backend.ENVOY && project.matches("(?i)(aws|ssm).*")) {
      throw SettingValues.refused(
          PROJECT_NAME,
          project,
          "with backend=envoy, a name that does not begin with aws or ssm, which SSM keeps for itself");
    }
    return new Settings(
        stage,
        custom,
        backend(),
        project,
        context
            .name(
                MESH_NAME,
                "[a-zA-Z0-9][a-zA-Z0-9-]{0,99}",
                "letters, digits and hyphens, at most 100 characters")
            .orElse(project),
        context
            .name(
                SERVICES_DOMAIN,
                "(?=.{1,200}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*",
                "a domain name in lower case, such as " + DEFAULT_DOMAIN)
            .orElse(DEFAULT_DOMAIN),
        envoyImage(),
        envoyBaseImage(),
        image(COLORTELLER_IMAGE, REGISTRY + "colorteller:1"),
        context.flag(ENVOY_METRICS),
        context.choice(NAT_GATEWAYS, List.of("1", "2")).map(Integer::valueOf).orElse(1),
        context.flag(FLOW_LOGS),
        context.name(
            ACCESS_LOGS_BUCKET,
            "(?!.*\\.\\.)(?!([0-9]+\\.){3}[0-9]+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
            "the name of an S3 bucket"),
        ssh(),
        pipeline(custom));
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

  private Stage stage() {
    if (!context.has(STAGE)) {
      return Stage.V4_ONLY;
    }
    String word = context.text(STAGE, String.join(", ", Stage.words()));
    return Stage.of(word)
        .orElseThrow(() -> SettingValues.refused(STAGE, word, String.join(", ", Stage.words())));
  }

  private Optional<String> image(String key, String example) {
    String word = "[a-z0-9]([a-z0-9._-]*[a-z0-9])?";
    String digest = "@sha256:[0-9a-f]{64}";
    return context.name(
        key,
        "(?=.{1,255}$)%1$s(:[0-9]{1,5}(?=/))?(/%1$s)*(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}(%2$s)?|%2$s)"
            .formatted(word, digest),
        "the name of a container image with its tag or digest, such as " + example);
  }

  private Optional<String> envoyImage() {
    return image(
        ENVOY_IMAGE,
        backend() == Backend.APPMESH
            ? "public.ecr.aws/appmesh/aws-appmesh-envoy:" + Images.ENVOY_TAG
            : REGISTRY + "envoy-with-sidecar:1");
  }

  private Backend backend() {
    return context
        .choice(BACKEND, Stream.of(Backend.values()).map(Backend::word).toList())
        .map(Backend::of)
        .orElse(Backend.APPMESH);
  }

  private Optional<String> envoyBaseImage() {
    Optional<String> image = image(ENVOY_BASE_IMAGE, EnvoyImage.ENVOY);
    if (image.filter(name -> name.contains("distroless")).isPresent()) {
      throw SettingValues.refused(
          ENVOY_BASE_IMAGE,
          image.get(),
          "an image with bash, which distroless ones lack, such as " + EnvoyImage.ENVOY);
    }
    if (image.isPresent() && (backend() != Backend.ENVOY || context.has(ENVOY_IMAGE))) {
      throw new SettingsException(
          "context key '%s' is what the Envoy's image is built from with %s=%s and without %s; leave it out, or set these so"
              .formatted(ENVOY_BASE_IMAGE, BACKEND, Backend.ENVOY.word(), ENVOY_IMAGE));
    }
    return image;
  }

  private Optional<SshAccess> ssh() {
    Optional<String> keyPair =
        context.name(
            KEY_PAIR_NAME,
            "[ -~]{0,254}[!-~]",
            "the name of an EC2 key pair, at most 255 characters");
    Optional<String> cidr = cidr();
    checkBoth(KEY_PAIR_NAME, SSH_CIDR, "SSH to the bastion");
    return keyPair.map(name -> new SshAccess(name, cidr.orElseThrow()));
  }

  private void checkBoth(String one, String other, String purpose) {
    if (context.has(one) != context.has(other)) {
      String given = context.has(one) ? one : other;
      String missing = context.has(one) ? other : one;
      throw new SettingsException(
          "context key '%s' is given without '%s'; give both for %s, or neither"
              .formatted(given, missing, purpose));
    }
  }

  private Optional<Pipeline> pipeline(Optional<Preferences> custom) {
    Optional<String> connectionArn =
        context.name(
            CONNECTION_ARN,
            "arn:aws[a-z-]{0,20}:(codeconnections|codestar-connections):[a-z0-9-]{1,30}:[0-9]{12}:connection/[a-zA-Z0-9-]{1,64}",
            "the ARN of a connection to where the repository is, as the console shows it");
    Optional<String> repository =
        context.name(
            REPOSITORY,
            "[a-zA-Z0-9._-]{1,100}/[a-zA-Z0-9._-]{1,100}",
            "a repository as owner/name");
    Optional<String> branch =
        context.name(BRANCH, "[a-zA-Z0-9][a-zA-Z0-9._/-]{0,199}", "the name of a branch");
    List<Stage> stages = pipelineStages(custom);
    String gate = "(security|replacement|requests)";
    String gates =
        context
            .name(
                REVIEW_GATES,
                "%1$s(,%1$s){0,2}|none|%2$s".formatted(gate, NO_REVIEW),
                "security, replacement and requests, one or more with commas between, none to fail at no change, %s for no check of pull requests"
                    .formatted(NO_REVIEW))
            .orElse(DEFAULT_REVIEW_GATES);
    Optional<String> topicArn =
        context.name(
            NOTIFICATIONS_TOPIC_ARN,
            "arn:aws[a-z-]{0,20}:sns:[a-z0-9-]{1,30}:[0-9]{12}:[a-zA-Z0-9_-]{1,256}",
            "the ARN of an SNS topic");
    checkBoth(CONNECTION_ARN, REPOSITORY, "the pipeline");
    Stream.of(BRANCH, PIPELINE_STAGES, REVIEW_GATES, NOTIFICATIONS_TOPIC_ARN)
        .filter(key -> context.has(key) && connectionArn.isEmpty())
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

  private List<Stage> pipelineStages(Optional<Preferences> custom) {
    if (!context.has(PIPELINE_STAGES)) {
      return DEFAULT_PIPELINE_STAGES;
    }
    String allowed =
        "different ones of %s, with commas between".formatted(String.join(", ", Stage.words()));
    String words = context.text(PIPELINE_STAGES, allowed);
    List<Stage> stages =
        Stream.of(words.split(",", -1))
            .map(
                word ->
                    Stage.of(word)
                        .orElseThrow(() -> SettingValues.refused(PIPELINE_STAGES, words, allowed)))
            .toList();
    if (stages.stream().distinct().count() < stages.size()) {
      throw SettingValues.refused(PIPELINE_STAGES, words, allowed);
    }
    if (stages.contains(Stage.CUSTOM) && custom.isEmpty()) {
      throw new SettingsException(
          "context key '%s' holds the stage 'custom', which needs preferences, but none is given; set them in cdk.json under custom"
              .formatted(PIPELINE_STAGES));
    }
    return stages;
  }

  private Optional<String> cidr() {
    String allowed =
        "an IPv4 block no larger than /8 or an IPv6 block no larger than /32, such as 203.0.113.7/32 or 2001:db8::7/128";
    String octet = "(0|[1-9][0-9]{0,2})";
    return context
        .name(
            SSH_CIDR,
            "(%1$s(\\.%1$s){3}|[0-9a-fA-F]*:[0-9a-fA-F.:]{1,44})/[0-9]{1,3}".formatted(octet),
            allowed)
        .map(
            text -> {
              IPAddress block = new IPAddressString(text).getAddress();
              if (block == null
                  || !block.isPrefixBlock()
                  || block.getPrefixLength() < (block.isIPv4() ? 8 : 32)) {
                throw SettingValues.refused(SSH_CIDR, text, allowed);
              }
              return block.toCanonicalString();
            });
  }
}
