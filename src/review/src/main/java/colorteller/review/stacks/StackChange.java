package colorteller.review.stacks;

import java.util.List;
import java.util.Optional;

/**
 * What changes in a stack.
 *
 * @param stack its name
 * @param stages in whose templates it changes so
 * @param whole whether all of the stack is new or gone
 * @param resources the hardest first
 * @param others what else of the template changes, such as {@code output ColorAppEndpoint}
 * @param refused what else CloudFormation refuses, in words
 */
public record StackChange(
    String stack,
    List<String> stages,
    Optional<ResourceChange.Kind> whole,
    List<ResourceChange> resources,
    List<String> others,
    List<String> refused) {

  /** Whether anything is to be said of it; CDK's engine finds two texts of one value the same. */
  public boolean isEmpty() {
    return resources.isEmpty() && others.isEmpty() && refused.isEmpty();
  }

  /** The same in other stages. */
  public StackChange in(List<String> where) {
    return new StackChange(stack, where, whole, resources, others, refused);
  }
}
