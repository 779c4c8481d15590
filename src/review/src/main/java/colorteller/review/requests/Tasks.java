package colorteller.review.requests;

import static colorteller.review.requests.TemplateResources.elements;
import static colorteller.review.requests.TemplateResources.literal;

import colorteller.mesh.TaskPromise;
import colorteller.mesh.template.TaskDefinitions;
import colorteller.mesh.template.Template;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tasks of a template's ECS services.
 *
 * @param template the template, for what the definitions promise
 * @param resources the same template
 */
record Tasks(Template template, TemplateResources resources) {

  /** Tells an Envoy of one's own all that it needs at its start. */
  private static final String ENVOY_BOOTSTRAP = "ENVOY_BOOTSTRAP";

  /**
   * A task that takes requests.
   *
   * @param definition its task definition
   * @param groups its security groups
   */
  record Task(String definition, List<String> groups) {}

  /** The ECS services. */
  List<String> services() {
    return resources.ids("AWS::ECS::Service");
  }

  /**
   * A task of an ECS service.
   *
   * @param ifNone what a request gives if the service runs none
   */
  Task of(String service, String ifNone) {
    JsonNode properties = resources.properties(service);
    if (properties.has("DesiredCount")
        && Integer.parseInt(resources.text(service, "DesiredCount")) == 0) {
      throw new Stopped(ifNone, "%s runs no task: its DesiredCount is 0.".formatted(service));
    }
    return new Task(
        resources.referred(properties.path("TaskDefinition"), service),
        TemplateResources.groups(
            properties.at("/NetworkConfiguration/AwsvpcConfiguration"), service));
  }

  TaskPromise promise(Task task) {
    return TaskDefinitions.promise(template, task.definition());
  }

  /** The container of the Envoy. */
  Optional<JsonNode> envoy(Task task) {
    List<Map<String, String>> environments = promise(task).containers();
    List<JsonNode> containers = resources.list(task.definition(), "ContainerDefinitions");
    for (int i = 0; i < environments.size(); i++) {
      if (environments.get(i).containsKey(TaskPromise.PROXY)) {
        return Optional.of(containers.get(i));
      }
    }
    return Optional.empty();
  }

  /**
   * Whether the Envoy of a task binds the node's port itself, and the application another: nothing
   * is redirected.
   */
  boolean isWithoutRedirection(Task task) {
    return redirection(task).isMissingNode()
        && promise(task).containers().stream().anyMatch(c -> c.containsKey(ENVOY_BOOTSTRAP));
  }

  /** The container that the task's traffic is redirected to, by its name; missing if none is. */
  JsonNode redirectedTo(Task task) {
    return redirection(task).path("ContainerName");
  }

  /** A setting of the redirection; empty text if it is not there. */
  String redirectionSetting(Task task, String name) {
    return elements(
            redirection(task).path("ProxyConfigurationProperties"),
            "ProxyConfiguration of " + task.definition())
        .stream()
        .filter(property -> property.path("Name").asText().equals(name))
        .map(property -> literal(property.path("Value"), name + " of " + task.definition()))
        .findFirst()
        .orElse("");
  }

  private JsonNode redirection(Task task) {
    return resources.properties(task.definition()).path("ProxyConfiguration");
  }
}
