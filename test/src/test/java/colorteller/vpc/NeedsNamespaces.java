package colorteller.vpc;

import java.io.IOException;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Leaves a test out where this machine cannot have a VPC, and says why; not on CI, where it can.
 */
public final class NeedsNamespaces implements ExecutionCondition {

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if ("true".equals(System.getenv("CI"))) {
      return ConditionEvaluationResult.enabled("CI has all that is needed");
    }
    try {
      new Sandbox("10.0.0.2").close();
      return ConditionEvaluationResult.enabled("this machine allows it");
    } catch (VpcUnavailable e) {
      System.out.printf("%s is left out: %s%n", context.getDisplayName(), e.getMessage());
      return ConditionEvaluationResult.disabled(e.getMessage());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
