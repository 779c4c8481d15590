package colorteller.mesh.template;

import colorteller.mesh.FileAccessLog;
import colorteller.mesh.FileAccessLog.Format;
import colorteller.mesh.template.MeshResources.Resource;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads where a virtual gateway or node writes down what passes it. */
final class AccessLogReader {

  private AccessLogReader() {}

  static Optional<FileAccessLog> read(Resource resource) {
    return Properties.child(
        resource.spec().path("Logging").path("AccessLog"),
        "File",
        resource.specPlace(),
        (file, at) ->
            new FileAccessLog(
                file.path("Path").asText(),
                Properties.child(file, "Format", at, (format, place) -> format(format))));
  }

  private static Format format(JsonNode format) {
    if (format.has("Text")) {
      return new Format.Text(format.path("Text").asText());
    }
    Map<String, String> values = new LinkedHashMap<>();
    format
        .path("Json")
        .forEach(pair -> values.put(pair.path("Key").asText(), pair.path("Value").asText()));
    return new Format.Json(values);
  }
}
