package colorteller.review.security;

import colorteller.review.template.TemplateText;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All that the policies of a template allow and deny: of identities, of resources, and who may
 * assume a role.
 */
final class Policies {

  /**
   * A policy of which only the name or the function is known.
   *
   * @param mayDeny whether something may be allowed that was not if it goes
   */
  record Unread(String holder, String words, boolean mayDeny) {}

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** The properties that say whose policy it is; else it is the resource's own. */
  private static final Map<String, List<String>> HOLDERS =
      Map.ofEntries(
          Map.entry("AWS::IAM::Policy", List.of("Roles", "Users", "Groups")),
          Map.entry("AWS::IAM::ManagedPolicy", List.of("Roles", "Users", "Groups")),
          Map.entry("AWS::IAM::RolePolicy", List.of("RoleName")),
          Map.entry("AWS::IAM::UserPolicy", List.of("UserName")),
          Map.entry("AWS::IAM::GroupPolicy", List.of("GroupName")),
          Map.entry("AWS::Lambda::Permission", List.of("FunctionName")),
          Map.entry("AWS::S3::BucketPolicy", List.of("Bucket")),
          Map.entry("AWS::SQS::QueuePolicy", List.of("Queues")),
          Map.entry("AWS::SNS::TopicPolicy", List.of("Topics")),
          Map.entry("AWS::SecretsManager::ResourcePolicy", List.of("SecretId")));

  /** What else must hold before a permission of a function is one. */
  private static final List<String> PERMISSION_CONDITIONS =
      List.of(
          "EventSourceToken",
          "FunctionUrlAuthType",
          "InvokedViaFunctionUrl",
          "PrincipalOrgID",
          "SourceAccount",
          "SourceArn");

  private static final String POLICY = ".*Policy(Document|Text)?|Policies|AccessPolicies";

  private final Set<Statement> statements = new LinkedHashSet<>();
  private final Set<Unread> unread = new LinkedHashSet<>();

  private Policies() {}

  static Policies of(JsonNode template) {
    Policies policies = new Policies();
    template
        .path("Resources")
        .properties()
        .forEach(resource -> policies.read(resource.getKey(), resource.getValue()));
    return policies;
  }

  Set<Statement> statements() {
    return statements;
  }

  Set<Unread> unread() {
    return unread;
  }

  private void read(String id, JsonNode resource) {
    if (id.startsWith("Fn::")) {
      cannotBeTold(id, resource, Set.of());
      return;
    }
    String type = resource.path("Type").asText();
    JsonNode properties = resource.path("Properties");
    Set<String> conditions =
        resource.has("Condition")
            ? Set.of("the template's condition " + resource.path("Condition").asText())
            : Set.of();
    List<String> holders =
        HOLDERS.getOrDefault(type, List.of()).stream()
            .flatMap(property -> values(properties.path(property)))
            .map(value -> holder(TemplateText.text(value)))
            .toList();
    for (String holder : holders.isEmpty() ? List.of("${%s}".formatted(id)) : holders) {
      if (type.equals("AWS::Lambda::Permission")) {
        statements.add(Statement.of(holder, permission(properties), conditions));
      } else if (type.equals("AWS::EC2::VPCEndpoint") && !properties.has("PolicyDocument")) {
        // The default, see CloudFormation's reference.
        statements.add(Statement.of(holder, everything(), conditions));
      } else {
        read(holder, "", properties, conditions);
      }
    }
    if (type.startsWith("AWS::IAM::")) {
      values(properties.path("ManagedPolicyArns"))
          .map(TemplateText::text)
          .forEach(
              arn ->
                  unread.add(
                      new Unread(
                          "${%s}".formatted(id),
                          words("managed policy " + arn, conditions),
                          !arn.matches("arn:[^:]*:iam::aws:policy/(?!.*(Deny|Quarantine)).*"))));
    }
  }

  private static Stream<JsonNode> values(JsonNode value) {
    return value.isArray()
        ? value.valueStream()
        : Stream.of(value).filter(v -> !TemplateText.absent(v));
  }

  /** The resource that is meant, by whichever of its attributes. */
  private static String holder(String text) {
    return text.replaceFirst("^\\$\\{(\\w+)\\.\\w+}$", "\\${$1}");
  }

  private static String words(String text, Set<String> conditions) {
    return conditions.isEmpty() ? text : text + " if " + String.join(" and ", conditions);
  }

  /** A policy is wherever a statement is. */
  private void read(String holder, String property, JsonNode value, Set<String> conditions) {
    if (TemplateText.isFunction(value)) {
      if (property.matches(POLICY) || value.toString().contains("\"Statement\"")) {
        cannotBeTold(holder, value, conditions);
      }
    } else if (value.isTextual()) {
      if (value.asText().contains("\"Statement\"")) {
        cannotBeTold(holder, value, conditions);
      }
    } else if (value.has("Statement")) {
      JsonNode statement = value.path("Statement");
      if (TemplateText.isFunction(statement)) {
        cannotBeTold(holder, statement, conditions);
      } else {
        values(statement).forEach(one -> statement(holder, one, conditions));
      }
    } else if (value.isArray()) {
      value.forEach(member -> read(holder, property, member, conditions));
    } else {
      value
          .properties()
          .forEach(member -> read(holder, member.getKey(), member.getValue(), conditions));
    }
  }

  private void statement(String holder, JsonNode statement, Set<String> conditions) {
    if (statement.path("Effect").asText().matches("Allow|Deny")) {
      statements.add(Statement.of(holder, statement, conditions));
    } else {
      cannotBeTold(holder, statement, conditions);
    }
  }

  private void cannotBeTold(String holder, JsonNode value, Set<String> conditions) {
    unread.add(
        new Unread(holder, words("cannot be told: " + TemplateText.text(value), conditions), true));
  }

  private static ObjectNode everything() {
    return JSON.objectNode()
        .put("Effect", "Allow")
        .put("Principal", "*")
        .put("Action", "*")
        .put("Resource", "*");
  }

  /** A permission of a function, as the statement that Lambda makes of it. */
  private static ObjectNode permission(JsonNode properties) {
    ObjectNode statement = JSON.objectNode().put("Effect", "Allow");
    JsonNode principal = properties.path("Principal");
    statement.set(
        "Principal",
        principal.asText().matches(".+\\.amazonaws\\.com(\\.cn)?")
            ? JSON.objectNode().set("Service", principal)
            : principal);
    statement.set("Action", properties.path("Action"));
    ObjectNode conditions = statement.putObject("Condition").putObject("is");
    for (String condition : PERMISSION_CONDITIONS) {
      if (!TemplateText.absent(properties.path(condition))) {
        conditions.set(condition, properties.path(condition));
      }
    }
    return statement;
  }
}
