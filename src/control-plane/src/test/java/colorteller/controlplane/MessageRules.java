package colorteller.controlplane;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DoubleValue;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.pgv.validate.Validate;
import io.envoyproxy.pgv.validate.Validate.DurationRules;
import io.envoyproxy.pgv.validate.Validate.FieldRules;
import io.envoyproxy.pgv.validate.Validate.RepeatedRules;
import io.envoyproxy.pgv.validate.Validate.StringRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The validation rules that Envoy's messages carry as options of their fields, and that an Envoy
 * checks first. There are no generated validators for Java; those kinds of rules are here that the
 * messages of this project's resources have.
 */
final class MessageRules {

  private static final List<Message> TYPES =
      List.of(
          DownstreamTlsContext.getDefaultInstance(),
          FileAccessLog.getDefaultInstance(),
          HttpConnectionManager.getDefaultInstance(),
          HttpProtocolOptions.getDefaultInstance(),
          OriginalDst.getDefaultInstance(),
          PreviousHostsPredicate.getDefaultInstance(),
          Router.getDefaultInstance(),
          TcpProxy.getDefaultInstance(),
          TlsInspector.getDefaultInstance(),
          UpstreamTlsContext.getDefaultInstance());

  private final List<String> broken = new ArrayList<>();

  private MessageRules() {}

  /** What is broken in a message, each with its place. */
  static List<String> broken(Message message) {
    MessageRules rules = new MessageRules();
    rules.message(message, message.getDescriptorForType().getName());
    return rules.broken;
  }

  private void message(Message message, String path) {
    if (message instanceof Any any) {
      message(unpacked(any), path);
      return;
    }
    for (OneofDescriptor oneof : message.getDescriptorForType().getRealOneofs()) {
      if (oneof.getOptions().getExtension(Validate.required) && !message.hasOneof(oneof)) {
        broken.add(path + ": needs one of " + oneof.getName());
      }
    }
    for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
      FieldRules rules = field.getOptions().getExtension(Validate.rules);
      String at = path + "." + field.getName();
      if (field.isRepeated()) {
        List<?> elements = (List<?>) message.getField(field);
        repeated(elements.size(), rules.getRepeated(), at);
        elements.forEach(element -> value(element, rules.getRepeated().getItems(), at + "[]"));
      } else if (!field.hasPresence() || message.hasField(field)) {
        value(message.getField(field), rules, at);
      } else if (field.getRealContainingOneof() == null
          && (rules.getMessage().getRequired()
              || rules.getDuration().getRequired()
              || rules.getAny().getRequired())) {
        broken.add(at + ": is required");
      }
    }
  }

  private static Message unpacked(Any any) {
    String name = any.getTypeUrl().substring(any.getTypeUrl().lastIndexOf('/') + 1);
    try {
      for (Message type : TYPES) {
        if (type.getDescriptorForType().getFullName().equals(name)) {
          return type.getParserForType().parseFrom(any.getValue());
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    throw new IllegalStateException("unknown here: " + name);
  }

  private void repeated(int size, RepeatedRules rules, String at) {
    require(size >= rules.getMinItems(), at, "too few");
    require(!rules.hasMaxItems() || size <= rules.getMaxItems(), at, "too many");
  }

  private void value(Object value, FieldRules rules, String at) {
    if (value instanceof String text) {
      string(text, rules.getString(), at);
    } else if (value instanceof EnumValueDescriptor constant) {
      require(!rules.getEnum().getDefinedOnly() || constant.getIndex() >= 0, at, "not defined");
      require(!rules.getEnum().getNotInList().contains(constant.getNumber()), at, "not allowed");
    } else if (value instanceof Number number) {
      numbers(number.doubleValue(), rules, at);
    } else if (value instanceof Duration duration) {
      duration(duration, rules.getDuration(), at);
    } else if (value instanceof Message message) {
      FieldDescriptor wrapped = message.getDescriptorForType().findFieldByName("value");
      if (message.getDescriptorForType().getFile().equals(DoubleValue.getDescriptor().getFile())) {
        value(message.getField(wrapped), rules, at);
      } else {
        message(message, at);
      }
    }
  }

  private void string(String text, StringRules rules, String at) {
    if (rules.getIgnoreEmpty() && text.isEmpty()) {
      return;
    }
    int length = text.codePointCount(0, text.length());
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    require(length >= rules.getMinLen(), at, "too short");
    require(!rules.hasMaxLen() || length <= rules.getMaxLen(), at, "too long");
    require(bytes >= rules.getMinBytes(), at, "too short");
    require(!rules.hasMaxBytes() || bytes <= rules.getMaxBytes(), at, "too long");
    switch (rules.getWellKnownRegex()) {
      case HTTP_HEADER_NAME ->
          require(
              text.matches(
                  rules.getStrict() ? ":?[0-9a-zA-Z!#$%&'*+\\-.^_|~`]+" : "[^\\x00\\n\\r]*"),
              at,
              "no name of a header: " + text);
      case HTTP_HEADER_VALUE ->
          require(
              text.matches(
                  rules.getStrict() ? "[^\\x00-\\x08\\x0A-\\x1F\\x7F]*" : "[^\\x00\\n\\r]*"),
              at,
              "no value of a header: " + text);
      default -> {
        // Anything.
      }
    }
  }

  private void numbers(double number, FieldRules rules, String at) {
    switch (rules.getTypeCase()) {
      case UINT32 -> {
        var own = rules.getUint32();
        require(!own.hasGt() || number > own.getGt(), at, "too small");
        require(!own.hasGte() || number >= own.getGte(), at, "too small");
        require(!own.hasLt() || number < own.getLt(), at, "too great");
        require(!own.hasLte() || number <= own.getLte(), at, "too great");
      }
      case UINT64 -> {
        var own = rules.getUint64();
        require(!own.hasGt() || number > own.getGt(), at, "too small");
        require(!own.hasGte() || number >= own.getGte(), at, "too small");
        require(!own.hasLte() || number <= own.getLte(), at, "too great");
      }
      case INT32 -> {
        var own = rules.getInt32();
        require(!own.hasGte() || number >= own.getGte(), at, "too small");
        require(!own.hasLte() || number <= own.getLte(), at, "too great");
      }
      case INT64 -> {
        var own = rules.getInt64();
        require(!own.hasGte() || number >= own.getGte(), at, "too small");
        require(!own.hasLte() || number <= own.getLte(), at, "too great");
      }
      default -> {
        // No rule.
      }
    }
  }

  private void duration(Duration duration, DurationRules rules, String at) {
    require(Durations.isValid(duration), at, "no duration");
    require(!rules.hasGt() || Durations.compare(duration, rules.getGt()) > 0, at, "too short");
    require(!rules.hasGte() || Durations.compare(duration, rules.getGte()) >= 0, at, "too short");
    require(!rules.hasLt() || Durations.compare(duration, rules.getLt()) < 0, at, "too long");
    require(!rules.hasLte() || Durations.compare(duration, rules.getLte()) <= 0, at, "too long");
  }

  private void require(boolean kept, String at, String problem) {
    if (!kept) {
      broken.add(at + ": " + problem);
    }
  }
}
