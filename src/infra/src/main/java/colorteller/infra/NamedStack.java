package colorteller.infra;

import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.constructs.Construct;
import software.constructs.IConstruct;

/**
 * A stack that is the same from a laptop and in the pipeline, so that the one can update what the
 * other has deployed. There, CDK would put the name of the pipeline's part in front.
 */
abstract class NamedStack extends Stack {

  NamedStack(Construct scope, String name) {
    super(scope, name, StackProps.builder().stackName(name).build());
  }

  /**
   * Names a resource that CDK names after where in the app another one is. Under a new name,
   * CloudFormation would make it anew before it deletes the old one, and EC2 refuses the same rule
   * twice.
   */
  static void name(IConstruct parent, String id, String logicalId) {
    ((CfnResource) parent.getNode().findChild(id)).overrideLogicalId(logicalId);
  }
}
