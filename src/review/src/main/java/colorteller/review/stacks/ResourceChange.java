package colorteller.review.stacks;

import java.util.List;
import java.util.Optional;

/**
 * What happens to one resource of a stack.
 *
 * @param kind what CloudFormation does with it
 * @param type such as {@code AWS::ECS::Service}
 * @param name its name or, if it has none of its own, its logical id without CDK's hash
 * @param formerName if that is another one
 * @param properties the names of its properties and attributes that change; empty if it is added or
 *     removed
 * @param differences what changes in its properties, a line each
 * @param meaning what that means for running traffic, in words; empty if it means nothing
 */
public record ResourceChange(
    Kind kind,
    String type,
    String name,
    Optional<String> formerName,
    List<String> properties,
    List<String> differences,
    String meaning) {

  /** What CloudFormation does with a resource, the hardest first. */
  public enum Kind {
    REFUSED("Refused by CloudFormation"),
    REPLACED("Replaced"),
    MAY_BE_REPLACED("Perhaps replaced"),
    REMOVED("Removed"),
    LEFT("Left in the account, in no stack"),
    ADDED("Added"),
    UPDATED("Changed in place");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  /** Whether traffic or what is kept suffers: something is replaced, or what it needs removed. */
  public boolean interrupts() {
    return switch (kind) {
      case REFUSED, REPLACED, MAY_BE_REPLACED -> true;
      case REMOVED -> !meaning.isEmpty();
      case LEFT, ADDED, UPDATED -> false;
    };
  }
}
