package colorteller.review.security;

import colorteller.review.template.TemplateText;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/**
 * A property that guards something: what its change may open.
 *
 * @param type of the resource
 * @param pointer to the property; {@code *} stands for the members of a list, and at its end for
 *     their names
 * @param words what it is
 * @param opens whether a text in the place of another one, empty if there is none, opens something
 * @param whenNew whether it may also do so in a new resource, before which there was none
 */
record Guard(
    String type, String pointer, String words, BiPredicate<String, String> opens, boolean whenNew) {

  private static final String UNKNOWN = "cannot be told: ";

  static final List<Guard> ALL =
      List.of(
          safe("AWS::S3::Bucket", "/AccessControl", "canned ACL", "|Private"),
          safe(
              "AWS::S3::Bucket",
              "/PublicAccessBlockConfiguration",
              "block of public access",
              "\\{\"BlockPublicAcls\":true,\"BlockPublicPolicy\":true,"
                  + "\"IgnorePublicAcls\":true,\"RestrictPublicBuckets\":true}"),
          kept("AWS::S3::Bucket", "/BucketEncryption", "encryption"),
          kept("AWS::IAM::Role", "/PermissionsBoundary", "permissions boundary"),
          kept("AWS::IAM::User", "/PermissionsBoundary", "permissions boundary"),
          safe("AWS::IAM::User", "/LoginProfile/*", "sign-in", ""),
          safe("AWS::IAM::AccessKey", "/UserName", "access key of", ""),
          safe("AWS::IAM::UserToGroupAddition", "/Users/*", "member", ""),
          same("AWS::IAM::InstanceProfile", "/Roles", "role"),
          same("AWS::Lambda::Function", "/Role", "role"),
          same("AWS::Lambda::Function", "/VpcConfig/SecurityGroupIds", "security groups"),
          notSecret("AWS::Lambda::Function", "/Environment/Variables/*"),
          safe("AWS::Lambda::Url", "/AuthType", "authentication", "AWS_IAM"),
          same("AWS::ECS::TaskDefinition", "/TaskRoleArn", "task role"),
          same("AWS::ECS::TaskDefinition", "/ExecutionRoleArn", "execution role"),
          safe("AWS::ECS::TaskDefinition", "/NetworkMode", "network mode", "awsvpc"),
          safe("AWS::ECS::TaskDefinition", "/PidMode", "shared processes", "|task"),
          new Guard(
              "AWS::ECS::TaskDefinition",
              "/ContainerDefinitions/*/Image",
              "repository of the image",
              (before, after) -> !repository(before).equals(repository(after)),
              false),
          safe(
              "AWS::ECS::TaskDefinition",
              "/ContainerDefinitions/*/Privileged",
              "privileged",
              "|false"),
          new Guard(
              "AWS::ECS::TaskDefinition",
              "/ContainerDefinitions/*/User",
              "user",
              (before, after) ->
                  !before.equals(after)
                      && (!before.isEmpty() || !after.matches("[1-9][0-9]*(:[1-9][0-9]*)?")),
              false),
          lost(
              "AWS::ECS::TaskDefinition",
              "/ContainerDefinitions/*/ReadonlyRootFilesystem",
              "read-only root file system",
              "true"),
          safe(
              "AWS::ECS::TaskDefinition",
              "/ContainerDefinitions/*/LinuxParameters",
              "Linux parameters",
              ""),
          notSecret("AWS::ECS::TaskDefinition", "/ContainerDefinitions/*/Environment/*"),
          same(
              "AWS::ECS::Service",
              "/NetworkConfiguration/AwsvpcConfiguration/SecurityGroups",
              "security groups"),
          same("AWS::ECS::Service", "/NetworkConfiguration/AwsvpcConfiguration/Subnets", "subnets"),
          safe(
              "AWS::ECS::Service",
              "/NetworkConfiguration/AwsvpcConfiguration/AssignPublicIp",
              "public address",
              "|DISABLED"),
          safe("AWS::ECS::Service", "/EnableExecuteCommand", "shell in its tasks", "|false"),
          safe("AWS::EC2::Subnet", "/MapPublicIpOnLaunch", "public addresses", "|false"),
          safe("AWS::EC2::Route", "/GatewayId", "route through gateway", ""),
          same("AWS::EC2::SubnetRouteTableAssociation", "/RouteTableId", "route table"),
          same("AWS::EC2::Instance", "/IamInstanceProfile", "instance profile"),
          same("AWS::EC2::Instance", "/SecurityGroupIds", "security groups"),
          same("AWS::EC2::Instance", "/NetworkInterfaces/*/GroupSet", "security groups"),
          safe(
              "AWS::EC2::Instance",
              "/NetworkInterfaces/*/AssociatePublicIpAddress",
              "public address",
              "|false"),
          safe(
              "AWS::EC2::Instance",
              "/MetadataOptions/HttpTokens",
              "tokens for the metadata",
              "required"),
          safe("AWS::EC2::Instance", "/KeyName", "key pair", ""),
          same("AWS::EC2::Instance", "/ImageId", "image"),
          same("AWS::EC2::Instance", "/UserData", "user data"),
          lost("AWS::EC2::Instance", "/BlockDeviceMappings/*/Ebs/Encrypted", "encryption", "true"),
          safe("AWS::ElasticLoadBalancingV2::LoadBalancer", "/Scheme", "scheme", "internal"),
          same("AWS::ElasticLoadBalancingV2::LoadBalancer", "/SecurityGroups", "security groups"),
          safe("AWS::ElasticLoadBalancingV2::Listener", "/Port", "port", ""),
          lost("AWS::ElasticLoadBalancingV2::Listener", "/Protocol", "protocol", "HTTPS|TLS"),
          safe("AWS::SQS::Queue", "/SqsManagedSseEnabled", "encryption", "|true"),
          kept("AWS::SQS::Queue", "/KmsMasterKeyId", "key"),
          kept("AWS::Logs::LogGroup", "/KmsKeyId", "key"),
          same("AWS::CodeBuild::Project", "/ServiceRole", "role"),
          same("AWS::CodeBuild::Project", "/Source/BuildSpec", "what it runs"),
          safe("AWS::AppMesh::Mesh", "/Spec/EgressFilter/Type", "egress filter", "|DROP_ALL"),
          same("AWS::CodeBuild::Project", "/Source/Location", "repository"),
          same("AWS::CodeBuild::Project", "/Source/Auth", "connection"),
          safe("AWS::CodeBuild::Project", "/Environment/PrivilegedMode", "privileged", "|false"),
          notSecret("AWS::CodeBuild::Project", "/Environment/EnvironmentVariables/*"),
          kept(
              "AWS::CodeBuild::Project",
              "/Triggers/PullRequestBuildPolicy",
              "approval of pull requests"),
          same("AWS::CodePipeline::Pipeline", "/RoleArn", "role"),
          same("AWS::CodePipeline::Pipeline", "/Stages/*/Actions/*/RoleArn", "role"),
          same(
              "AWS::CodePipeline::Pipeline",
              "/Stages/*/Actions/*/Configuration/ConnectionArn",
              "connection"),
          same(
              "AWS::CodePipeline::Pipeline",
              "/Stages/*/Actions/*/Configuration/FullRepositoryId",
              "repository"),
          same(
              "AWS::CodePipeline::Pipeline",
              "/Stages/*/Actions/*/Configuration/BranchName",
              "branch"));

  /** Whatever is not one of the safe values opens something, also in a new resource. */
  private static Guard safe(String type, String pointer, String words, String values) {
    return new Guard(
        type,
        pointer,
        words,
        (before, after) -> !before.equals(after) && !after.matches(values),
        true);
  }

  /** Every other value may open something. */
  private static Guard same(String type, String pointer, String words) {
    return new Guard(type, pointer, words, (before, after) -> !before.equals(after), false);
  }

  /** Every other value in the place of one may open something. */
  private static Guard kept(String type, String pointer, String words) {
    return new Guard(
        type, pointer, words, (before, after) -> !before.isEmpty() && !before.equals(after), false);
  }

  /** Whatever is not one of the safe values opens something in the place of one. */
  private static Guard lost(String type, String pointer, String words, String values) {
    return new Guard(
        type,
        pointer,
        words,
        (before, after) -> before.matches(values) && !after.matches(values),
        false);
  }

  /** A name that says that the value, which all who read the template can read, is a secret. */
  private static Guard notSecret(String type, String pointer) {
    return safe(type, pointer, "variable in the clear", "(?is)(?!.*(PASSWORD|SECRET|TOKEN|KEY)).*");
  }

  /** An image without its tag or digest. */
  private static String repository(String image) {
    return image.replaceFirst("@sha256:.*$", "").replaceFirst(":[\\w.-]+$", "");
  }

  /** A change of one of these properties: the words for it before (if it was) and after. */
  record Change(List<String> before, String after) {}

  /**
   * What is opened in a resource.
   *
   * @param before missing if the resource is new
   */
  Stream<Change> changes(JsonNode before, JsonNode after) {
    if (!after.path("Type").asText().equals(type)) {
      return Stream.of();
    }
    boolean isNew = !before.path("Type").asText().equals(type);
    Map<String, String> then = at(before.path("Properties"));
    return at(after.path("Properties")).entrySet().stream()
        .filter(now -> !isNew || whenNew)
        .filter(now -> opens.test(isNew ? "new" : was(then, now.getKey()), now.getValue()))
        .map(
            now ->
                new Change(
                    isNew ? List.of() : List.of(words(now.getKey(), was(then, now.getKey()))),
                    words(now.getKey(), now.getValue())));
  }

  private static String was(Map<String, String> then, String member) {
    return then.getOrDefault(member, "");
  }

  private String words(String member, String value) {
    // At the end of a pointer the member's name is the value.
    String list = pointer.endsWith("/*") ? member.replaceFirst(" ?\\S+$", "") : member;
    return "%s%s: %s"
        .formatted(list.isEmpty() ? "" : list + " ", words, value.isEmpty() ? "not set" : value);
  }

  /** The texts of the property, by the names of the members of lists on the way. */
  private Map<String, String> at(JsonNode properties) {
    Map<String, JsonNode> nodes = Map.of("", properties);
    for (String step : pointer.substring(1).split("/", -1)) {
      Map<String, JsonNode> next = new LinkedHashMap<>();
      nodes.forEach((name, node) -> step(name, node, step, next));
      nodes = next;
    }
    Map<String, String> texts = new LinkedHashMap<>();
    nodes.forEach((name, node) -> texts.put(name, end(name, TemplateText.text(node))));
    return texts;
  }

  private String end(String name, String text) {
    return pointer.endsWith("/*")
            && !name.matches("(.* )?number \\d+|")
            && !text.startsWith(UNKNOWN)
        ? name.substring(name.lastIndexOf(' ') + 1)
        : text;
  }

  private static void step(String name, JsonNode node, String step, Map<String, JsonNode> next) {
    if (TemplateText.isFunction(node) && !TemplateText.absent(node)) {
      // What it gives cannot be told; all of it is compared.
      next.put(name, TextNode.valueOf(UNKNOWN + TemplateText.text(node)));
    } else if (node.isTextual()) {
      next.put(name, node);
    } else if (step.equals("*")) {
      members(node).forEach((own, member) -> next.put(joined(name, own), member));
    } else {
      next.put(name, node.path(step));
    }
  }

  /** By name; those of a list that have none, by their place. */
  private static Map<String, JsonNode> members(JsonNode node) {
    Map<String, JsonNode> members = new LinkedHashMap<>();
    node.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      JsonNode member = node.path(i);
      members.put(
          Stream.of(member, member.path("Name"), member.path("DeviceName"))
              .filter(JsonNode::isTextual)
              .map(JsonNode::asText)
              .findFirst()
              .orElse("number " + (i + 1)),
          member);
    }
    return members;
  }

  private static String joined(String outer, String inner) {
    return outer.isEmpty() ? inner : outer + " " + inner;
  }
}
