package colorteller.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awscdk.CfnResource;
import software.amazon.awscdk.CfnResourceProps;
import software.amazon.awscdk.Stack;

/**
 * CloudFormation's rules, as the CDK knows them: what breaks one is not synthesized, and nothing of
 * ours does. The other tests let the CDK validate nothing: it takes longer than all the rest of a
 * synthesis.
 */
@Tag("validation")
class ValidationTest {

  @Test
  void cloudFormationsRulesAreErrors() {
    App app = Synthesized.app(Map.of(), AppProps.builder());
    new CfnResource(
        new Stack(app, "broken"),
        "Queue",
        CfnResourceProps.builder()
            .type("AWS::SQS::Queue")
            .properties(Map.of("DelaySeconds", "soon"))
            .build());
    assertThatThrownBy(app::synth).hasMessageContaining("Validation failed");
  }

  @ParameterizedTest
  @EnumSource
  void everyStage(Stage stage) {
    assertThat(Synthesized.stage(stage)).hasSize(6);
  }

  @Test
  void everyOption() {
    assertThat(Synthesized.everyOption()).hasSize(6);
  }

  @Test
  void ownEnvoys() {
    assertThat(Synthesized.ownEnvoys()).hasSize(7);
  }

  @Test
  void thePipeline() {
    Map<String, Object> given = new LinkedHashMap<>(Synthesized.PIPELINE);
    given.put("notificationsTopicArn", "arn:aws:sns:us-west-2:111122223333:builds");
    assertThat(Synthesized.context(given)).hasSize(7);
  }
}
