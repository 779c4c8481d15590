package colorteller.controlplane;

import colorteller.mesh.FileAccessLog;
import colorteller.mesh.FileAccessLog.Format;
import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;

/** Where a mesh wants it written down what passes → access logs. */
final class AccessLogs {

  private AccessLogs() {}

  /**
   * An access log in a file.
   *
   * @param path where the file is beside the Envoy
   */
  static AccessLog of(FileAccessLog log, String path) {
    io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog.Builder file =
        io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog.newBuilder()
            .setPath(path);
    log.format().ifPresent(format -> file.setLogFormat(format(format)));
    return AccessLog.newBuilder()
        .setName("envoy.access_loggers.file")
        .setTypedConfig(Any.pack(file.build()))
        .build();
  }

  private static SubstitutionFormatString format(Format format) {
    if (format instanceof Format.Text text) {
      return SubstitutionFormatString.newBuilder()
          .setTextFormatSource(DataSource.newBuilder().setInlineString(text.text()))
          .build();
    }
    Struct.Builder json = Struct.newBuilder();
    ((Format.Json) format)
        .values()
        .forEach(
            (key, value) -> json.putFields(key, Value.newBuilder().setStringValue(value).build()));
    return SubstitutionFormatString.newBuilder().setJsonFormat(json).build();
  }
}
