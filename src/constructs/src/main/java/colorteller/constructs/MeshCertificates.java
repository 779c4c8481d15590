package colorteller.constructs;

import colorteller.controlplane.ads.Identity;
import colorteller.mesh.ProxyId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import software.amazon.awscdk.CustomResource;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.cloudwatch.Alarm;
import software.amazon.awscdk.services.cloudwatch.ComparisonOperator;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.cloudwatch.MetricOptions;
import software.amazon.awscdk.services.cloudwatch.TreatMissingData;
import software.amazon.awscdk.services.ecs.ICluster;
import software.amazon.awscdk.services.events.Rule;
import software.amazon.awscdk.services.events.Schedule;
import software.amazon.awscdk.services.events.targets.LambdaFunction;
import software.amazon.awscdk.services.iam.AccountRootPrincipal;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.ssm.IStringParameter;
import software.amazon.awscdk.services.ssm.SecureStringParameterAttributes;
import software.amazon.awscdk.services.ssm.StringParameter;
import software.constructs.Construct;

/**
 * The certificates by which Envoys and their control plane know each other. A function keeps a
 * certificate authority of the mesh's own, makes a certificate for the control plane and for each
 * proxy, and renews them long before they expire. Keys are in SSM parameters of type SecureString,
 * and nowhere else: no template and no log has one. The authority's is encrypted by a key of KMS
 * that only the function may use, whoever else may read the account's parameters.
 *
 * <p>ECS gives a task its certificate when it starts. So the function deploys anew each service of
 * the cluster whose tasks have an older one.
 */
public final class MeshCertificates extends Construct {

  private static final String MODULE = "mesh-certificates";

  private final Parameters parameters;

  /**
   * The SSM parameters, for stacks that do not have the construct.
   *
   * @param prefix what their names begin with, such as {@code /shop/certificates}
   */
  public record Parameters(String prefix) {

    /** Checks the prefix. */
    public Parameters {
      ParameterName.require(prefix);
    }

    /** Of the control plane: its key, then its certificate. */
    String controlPlane() {
      return prefix + "/control-plane";
    }

    /** Of all: who may sign. */
    String trustBundle() {
      return prefix + "/trust-bundle";
    }

    private String identity(ProxyId proxy) {
      String name = prefix + "/" + proxy;
      if (!ParameterName.isAllowed(name)) {
        throw new IllegalArgumentException(
            "%s: its certificate would be in the SSM parameter '%s', a name that is not allowed; name the mesh, its nodes and gateways with letters, digits, '_', '.' and '-', at most 15 words after a '/' in all"
                .formatted(proxy, name));
      }
      return name;
    }

    IStringParameter identity(Construct scope, String id, ProxyId proxy) {
      return StringParameter.fromSecureStringParameterAttributes(
          scope,
          id,
          SecureStringParameterAttributes.builder().parameterName(identity(proxy)).build());
    }

    IStringParameter trustBundle(Construct scope, String id) {
      return StringParameter.fromSecureStringParameterAttributes(
          scope,
          id,
          SecureStringParameterAttributes.builder().parameterName(trustBundle()).build());
    }
  }

  /**
   * Creates the function, and lets it make the certificates.
   *
   * @param functionName the function's name
   * @param parameters where the certificates are
   * @param cluster whose services get new certificates
   * @param proxies all that are to have one
   */
  public MeshCertificates(
      Construct scope,
      String id,
      String functionName,
      Parameters parameters,
      ICluster cluster,
      Collection<ProxyId> proxies) {
    super(scope, id);
    this.parameters = parameters;
    Key authorityKey = authorityKey();
    JavaFunction function = function(functionName, cluster, authorityKey);
    allow(function, cluster);
    letUse(authorityKey, function);
    CustomResource certificates =
        CustomResource.Builder.create(this, "Certificates")
            .resourceType("Custom::MeshCertificates")
            .serviceToken(function.alias().getFunctionArn())
            .properties(Map.of("Identities", identities(proxies)))
            .build();
    // The permissions must be there when it is made, and still there when it goes.
    certificates.getNode().addDependency(function);
    Rule daily =
        Rule.Builder.create(this, "Daily")
            .description("Renews the mesh's certificates")
            .schedule(Schedule.rate(Duration.days(1)))
            .targets(List.of(LambdaFunction.Builder.create(function.alias()).build()))
            .build();
    // It never runs beside the first run, nor after the last.
    daily.getNode().addDependency(certificates);
    alarm(
        "Failed",
        "The mesh's certificates could not be renewed, or services not be deployed anew for them; see the function's log",
        function.alias().metricErrors(sumOfADay()),
        ComparisonOperator.GREATER_THAN_THRESHOLD,
        0,
        1,
        TreatMissingData.NOT_BREACHING);
    alarm(
        "NotRun",
        "The function that renews the mesh's certificates has not run for two days; they expire within ten",
        function.alias().metricInvocations(sumOfADay()),
        ComparisonOperator.LESS_THAN_THRESHOLD,
        1,
        2,
        TreatMissingData.BREACHING);
  }

  private static MetricOptions sumOfADay() {
    return MetricOptions.builder().period(Duration.days(1)).statistic("Sum").build();
  }

  private void alarm(
      String id,
      String description,
      Metric metric,
      ComparisonOperator comparison,
      int threshold,
      int days,
      TreatMissingData missing) {
    Alarm.Builder.create(this, id)
        .alarmDescription(description)
        .metric(metric)
        .threshold(threshold)
        .comparisonOperator(comparison)
        .evaluationPeriods(days)
        .treatMissingData(missing)
        .build();
  }

  /** Who administers the account may change or delete the key, and not use it. */
  private Key authorityKey() {
    return Key.Builder.create(this, "AuthorityKey")
        .description(
            "Encrypts the keys of the certificate authorities below " + parameters.prefix())
        .policy(
            PolicyDocument.Builder.create()
                .statements(
                    List.of(
                        PolicyStatement.Builder.create()
                            .principals(List.of(new AccountRootPrincipal()))
                            .actions(
                                List.of(
                                    "kms:CancelKeyDeletion",
                                    "kms:Describe*",
                                    "kms:Disable*",
                                    "kms:Enable*",
                                    "kms:Get*",
                                    "kms:List*",
                                    "kms:Put*",
                                    "kms:ScheduleKeyDeletion",
                                    "kms:TagResource",
                                    "kms:UntagResource",
                                    "kms:Update*"))
                            .resources(List.of("*"))
                            .build()))
                .build())
        // What it encrypts is made anew each year, and each rotation would cost as much as the key.
        .enableKeyRotation(false)
        .removalPolicy(RemovalPolicy.DESTROY)
        .pendingWindow(Duration.days(7))
        .build();
  }

  private void letUse(Key key, JavaFunction function) {
    key.addToResourcePolicy(
        PolicyStatement.Builder.create()
            .principals(List.of(function.principal().getGrantPrincipal()))
            // The last one is for an account whose parameters are advanced ones.
            .actions(List.of("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"))
            .resources(List.of("*"))
            .conditions(
                Map.of(
                    "StringEquals",
                    Map.of(
                        "kms:ViaService",
                        "ssm.%s.amazonaws.com".formatted(Stack.of(this).getRegion()))))
            .build());
  }

  private JavaFunction function(String name, ICluster cluster, Key authorityKey) {
    try (TemporaryFolder folder = TemporaryFolder.create()) {
      return new JavaFunction(
          this,
          MODULE,
          Code.fromAsset(folder.copy(MODULE + ".zip").toString()),
          name,
          512,
          Duration.minutes(5),
          Map.of(
              "PARAMETERS",
              parameters.prefix(),
              "CLUSTER",
              cluster.getClusterName(),
              "AUTHORITY_KEY",
              authorityKey.getKeyArn()),
          null);
    }
  }

  private List<Map<String, String>> identities(Collection<ProxyId> proxies) {
    return Stream.concat(
            Stream.of(identity(parameters.controlPlane(), Identity.CONTROL_PLANE)),
            proxies.stream().map(proxy -> identity(parameters.identity(proxy), Identity.of(proxy))))
        .toList();
  }

  private static Map<String, String> identity(String parameter, String uri) {
    return new TreeMap<>(Map.of("Parameter", parameter, "Uri", uri));
  }

  private void allow(JavaFunction function, ICluster cluster) {
    Stack stack = Stack.of(this);
    String arn =
        "arn:%s:%%s:%s:%s:%%s"
            .formatted(stack.getPartition(), stack.getRegion(), stack.getAccount());
    String own = arn.formatted("ssm", "parameter" + parameters.prefix());
    function.allow(List.of("ssm:GetParametersByPath"), List.of(own, own + "/*"));
    function.allow(List.of("ssm:DeleteParameters", "ssm:PutParameter"), own + "/*");
    function.allowIf(
        List.of("ecs:ListServices"),
        Map.of("ArnEquals", Map.of("ecs:cluster", cluster.getClusterArn())));
    function.allow(
        List.of("ecs:DescribeServices", "ecs:UpdateService"),
        arn.formatted("ecs", "service/%s/*".formatted(cluster.getClusterName())));
    function.allow(List.of("ecs:DescribeTaskDefinition"), "*");
  }

  /** Where the certificates are. */
  public Parameters parameters() {
    return parameters;
  }
}
