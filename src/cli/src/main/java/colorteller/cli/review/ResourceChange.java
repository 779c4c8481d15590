package colorteller.cli.review;

import java.util.List;

/**
 * What happens to one resource of a stack.
 *
 * @param kind what CloudFormation does with it
 * @param type such as {@code AWS::ECS::Service}
 * @param name its name or, if it has none of its own, its logical id without CDK's hash
 * @param properties the names of its properties that change; empty if it is added or removed
 */
record ResourceChange(Kind kind, String type, String name, List<String> properties) {

  /** What CloudFormation does with a resource, the hardest first. */
  enum Kind {
    REPLACED("Replaced"),
    MAY_BE_REPLACED("Perhaps replaced"),
    REMOVED("Removed"),
    ADDED("Added"),
    UPDATED("Changed in place");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }

    boolean replaces() {
      return this == REPLACED || this == MAY_BE_REPLACED;
    }
  }
}
