package colorteller.gatewaytargets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EventTest {

  private static final String TASK =
      """
      {"version": "0", "id": "3317b2af", "detail-type": "ECS Task State Change", "source": "aws.ecs",
       "detail": {"clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/colors",
                  "group": "service:gateway", "lastStatus": "RUNNING"}}
      """;

  @Example
  void aTaskOfOurService() {
    assertThat(event(TASK).id()).isEqualTo("3317b2af");
  }

  @Example
  void theClusterIsConfiguredByNameOrArn() {
    GatewayTargetsEnvironment byArn =
        new GatewayTargetsEnvironment(
            "arn:aws:ecs:eu-west-1:123456789012:cluster/colors",
            "gateway",
            "arn",
            9080,
            Duration.ZERO);
    assertThat(Event.of(TASK.getBytes(StandardCharsets.UTF_8), byArn).id()).isEqualTo("3317b2af");
  }

  @Example
  void theScheduleOfARuleOrOfAScheduler() {
    assertThat(event("{\"id\": \"a\", \"source\": \"aws.events\", \"detail\": {}}").id())
        .isEqualTo("a");
    assertThat(event("{\"id\": \"b\", \"source\": \"aws.scheduler\", \"detail\": \"{}\"}").id())
        .isEqualTo("b");
  }

  @Example
  void aTaskOfAnotherServiceOrCluster() {
    for (String other :
        List.of(
            TASK.replace("service:gateway", "service:gateway2"),
            TASK.replace("service:gateway", "family:gateway"),
            TASK.replace("cluster/colors", "cluster/color"),
            "{\"source\": \"aws.ecs\"}",
            "{\"source\": \"aws.ecs\", \"detail\": []}")) {
      assertThatThrownBy(() -> event(other))
          .isInstanceOf(UnusableEvent.class)
          .hasMessage("The event is not of a task of service gateway in cluster colors");
    }
  }

  @Example
  void anotherSource() {
    for (String other :
        List.of("{}", "{\"source\": \"aws.ec2\"}", "{\"source\": [\"aws.events\"]}")) {
      assertThatThrownBy(() -> event(other))
          .isInstanceOf(UnusableEvent.class)
          .hasMessage("The event has no source aws.ecs, aws.events or aws.scheduler");
    }
  }

  @Example
  void notAJsonObject() {
    for (String text :
        List.of("", " ", "null", "[]", "7", "\"aws.events\"", TASK + TASK, TASK.substring(9))) {
      assertThatThrownBy(() -> event(text))
          .isInstanceOf(UnusableEvent.class)
          .hasMessage("The event is not a JSON object");
    }
  }

  /** Whatever comes in is ours, or one clear error. */
  @Property
  void anythingElse(@ForAll("damaged") String text) {
    try {
      assertThat(event(text).id()).isNotNull();
    } catch (UnusableEvent e) {
      assertThat(e).hasMessageStartingWith("The event ");
    }
  }

  /** An event that lost something, got something, or was none to begin with. */
  @Provide
  Arbitrary<String> damaged() {
    Arbitrary<Integer> place = Arbitraries.integers().between(0, TASK.length() - 1);
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(60),
        Arbitraries.integers().between(1, 3000).map("[{\"source\":"::repeat),
        place.flatMap(
            from -> place.map(to -> TASK.substring(0, Math.min(from, to)) + TASK.substring(to))),
        place.flatMap(
            at ->
                Arbitraries.strings()
                    .ofMaxLength(3)
                    .map(text -> TASK.substring(0, at) + text + TASK.substring(at))));
  }

  private static Event event(String text) {
    return Event.of(text.getBytes(StandardCharsets.UTF_8), World.CONFIGURATION);
  }
}
