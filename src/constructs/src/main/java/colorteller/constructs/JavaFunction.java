package colorteller.constructs;

import java.util.List;
import java.util.Map;
import org.apache.commons.text.CaseUtils;
import org.jspecify.annotations.Nullable;
import software.amazon.awscdk.Annotations;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.iam.IGrantable;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Alias;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.lambda.SnapStartConf;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import software.amazon.awscdk.services.sqs.IQueue;
import software.constructs.Construct;

/**
 * A function in Java. Whoever invokes it names its alias: only published versions start from a
 * snapshot.
 */
public final class JavaFunction extends Construct {

  public static final String ALIAS = "live";

  private final Role role;
  private final Alias alias;

  /**
   * Creates it.
   *
   * @param module the last part of its handler's package, with hyphens between words: the handler
   *     of {@code my-module} is {@code colorteller.mymodule.MyModuleHandler}
   * @param code its package
   * @param name the function's whole name
   * @param memoryMb from test/benchmarks/lambda: what the function needs, and the CPU that comes
   *     with it
   * @param deadLetters takes the events that failed again and again
   */
  public JavaFunction(
      Construct scope,
      String module,
      Code code,
      String name,
      int memoryMb,
      Duration timeout,
      Map<String, String> environment,
      @Nullable IQueue deadLetters) {
    super(scope, "Function");
    LogGroup logs =
        LogGroup.Builder.create(this, "LogGroup")
            .retention(RetentionDays.ONE_MONTH)
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    // CDK's own role would carry a managed policy, which lets it write to every log group.
    role =
        Role.Builder.create(this, "Role")
            .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
            .build();
    logs.grantWrite(role);
    Function function =
        Function.Builder.create(this, "Function")
            .functionName(name)
            .runtime(Runtime.JAVA_25)
            .architecture(Architecture.ARM_64)
            .code(code)
            .handler(
                "colorteller.%s.%sHandler"
                    .formatted(module.replace("-", ""), CaseUtils.toCamelCase(module, true, '-')))
            .memorySize(memoryMb)
            .timeout(timeout)
            .environment(environment)
            .role(role)
            .logGroup(logs)
            .snapStart(SnapStartConf.ON_PUBLISHED_VERSIONS)
            .deadLetterQueue(deadLetters)
            .build();
    // It has: the alias names one.
    Annotations.of(function).acknowledgeWarning("@aws-cdk/aws-lambda:snapStartRequirePublish");
    // How its log lines name it.
    function.addEnvironment("POWERTOOLS_SERVICE_NAME", module);
    alias =
        Alias.Builder.create(this, "Alias")
            .aliasName(ALIAS)
            .version(function.getCurrentVersion())
            .build();
  }

  /** Allows it actions on a resource. */
  public void allow(List<String> actions, String resource) {
    allow(actions, List.of(resource));
  }

  /** Allows it actions on resources. */
  public void allow(List<String> actions, List<String> resources) {
    allow(actions, resources, Map.of());
  }

  /** Where AWS knows no resource of an action, conditions take its place. */
  public void allowIf(List<String> actions, Map<String, ?> conditions) {
    allow(actions, List.of("*"), conditions);
  }

  private void allow(List<String> actions, List<String> resources, Map<String, ?> conditions) {
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .actions(actions)
            .resources(resources)
            .conditions(conditions)
            .build());
  }

  /** Who it is, for policies of others. */
  IGrantable principal() {
    return role;
  }

  /** What is invoked. */
  public Alias alias() {
    return alias;
  }
}
