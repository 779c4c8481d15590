package colorteller.infra;

import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;

/**
 * A stack with the same name on a laptop and in the pipeline, where CDK would put the name of a
 * pipeline's part in front.
 */
abstract class NamedStack extends Stack {

  NamedStack(Construct scope, String name) {
    super(scope, name, StackProps.builder().stackName(name).build());
  }
}
