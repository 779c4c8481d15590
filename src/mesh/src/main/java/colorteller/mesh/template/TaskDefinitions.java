package colorteller.mesh.template;

import colorteller.mesh.TaskPromise;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the task definitions of a template promise. */
public final class TaskDefinitions {

  private TaskDefinitions() {}

  /**
   * What a task definition promises.
   *
   * @throws TemplateException if it cannot be read, or holds a promise that only a deployment knows
   */
  public static TaskPromise promise(Template template, String logicalId) {
    JsonNode definitions =
        Objects.requireNonNull(template.resources().get(logicalId))
            .properties()
            .path("ContainerDefinitions");
    List<Map<String, String>> environments = new ArrayList<>();
    if (!definitions.isMissingNode()) {
      Place place = place(template, logicalId);
      List<JsonNode> containers = template.intrinsics().list(definitions, place);
      for (int i = 0; i < containers.size(); i++) {
        environments.add(environment(template.intrinsics(), containers.get(i), place.at(i)));
      }
    }
    return new TaskPromise(environments);
  }

  /** Where a task definition's containers stand. */
  static Place place(Template template, String logicalId) {
    return template.place(logicalId).child("ContainerDefinitions");
  }

  private static Map<String, String> environment(
      Intrinsics intrinsics, JsonNode container, Place place) {
    Map<String, String> result = new LinkedHashMap<>();
    JsonNode environment = container.path("Environment");
    if (environment.isMissingNode()) {
      return result;
    }
    Place at = place.child("Environment");
    List<JsonNode> settings = intrinsics.list(environment, at);
    for (int i = 0; i < settings.size(); i++) {
      JsonNode setting = settings.get(i);
      String name = intrinsics.text(setting.path("Name"), at.at(i).child("Name"));
      try {
        result.put(name, intrinsics.text(setting.path("Value"), at.at(i).child("Value")));
      } catch (TemplateException.Symbolic e) {
        // Settings that only a deployment knows are none of ours; ours must be known.
        if (TaskPromise.SETTINGS.contains(name)) {
          throw e;
        }
      }
    }
    return result;
  }
}
