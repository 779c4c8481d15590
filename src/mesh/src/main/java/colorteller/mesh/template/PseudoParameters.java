package colorteller.mesh.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * CloudFormation's pseudo parameters. Only a deployment knows their values; here they are the
 * walkthrough's default region, AWS's example account and a stack named after the file, unless they
 * are given like parameters.
 */
final class PseudoParameters {

  static final List<String> NAMES =
      List.of(
          "AWS::AccountId",
          "AWS::NoValue",
          "AWS::NotificationARNs",
          "AWS::Partition",
          "AWS::Region",
          "AWS::StackId",
          "AWS::StackName",
          "AWS::URLSuffix");

  private final Path file;
  private final Map<String, String> given;

  PseudoParameters(Path file, Map<String, String> given) {
    this.file = file;
    this.given = given;
  }

  /** The value of any but {@code AWS::NoValue}, which is none. */
  JsonNode value(String name) {
    return switch (name) {
      case "AWS::NotificationARNs" -> JsonNodeFactory.instance.arrayNode();
      default -> new TextNode(text(name));
    };
  }

  String account() {
    return text("AWS::AccountId");
  }

  /** The ARN of something in App Mesh. */
  String appMeshArn(String resource) {
    return "arn:%s:appmesh:%s:%s:%s"
        .formatted(text("AWS::Partition"), text("AWS::Region"), account(), resource);
  }

  private String text(String name) {
    String value = given.get(name);
    return value != null ? value : standard(name);
  }

  private String standard(String name) {
    return switch (name) {
      case "AWS::AccountId" -> "123456789012";
      case "AWS::Region" -> "us-west-2";
      case "AWS::Partition" ->
          text("AWS::Region").startsWith("cn-")
              ? "aws-cn"
              : text("AWS::Region").startsWith("us-gov-") ? "aws-us-gov" : "aws";
      case "AWS::URLSuffix" ->
          text("AWS::Region").startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
      case "AWS::StackName" -> String.valueOf(file.getFileName()).replaceAll("\\..*", "");
      case "AWS::StackId" ->
          "arn:%s:cloudformation:%s:%s:stack/%s/00000000-0000-0000-0000-000000000000"
              .formatted(
                  text("AWS::Partition"), text("AWS::Region"), account(), text("AWS::StackName"));
      default -> throw new IllegalArgumentException(name);
    };
  }
}
