package colorteller.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import colorteller.mesh.IpPreference;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void defaults() {
    Settings settings = Settings.of(Map.of());
    assertThat(settings.stage()).isEqualTo(Stage.V4_ONLY);
    assertThat(settings.projectName()).isEqualTo("app-mesh-ipv6");
    assertThat(settings.meshName()).isEqualTo("app-mesh-ipv6");
    assertThat(settings.servicesDomain()).isEqualTo("default.svc.cluster.local");
  }

  @Test
  void contextOverCustom() {
    Settings settings =
        Settings.of(
            Map.of(
                "stage", "custom",
                "custom", Map.of("mesh", "IPv6_ONLY", "red", "IPv4_ONLY"),
                "mesh", "none",
                "blue", "IPv6_PREFERRED"));
    assertThat(settings.preferences().mesh()).isEqualTo(IpPreference.NONE);
    assertThat(settings.preferences().of(Color.RED)).isEqualTo(IpPreference.IPV4_ONLY);
    assertThat(settings.preferences().of(Color.BLUE)).isEqualTo(IpPreference.IPV6_PREFERRED);
    assertThat(settings.preferences().of(Color.GREEN)).isEqualTo(IpPreference.NONE);
  }

  @Test
  void customInTheFileDoesNotDisturbOtherStages() {
    assertThat(
            Settings.of(Map.of("stage", "v6_only", "custom", Map.of("red", "IPv4_ONLY")))
                .preferences()
                .colors())
        .isEmpty();
  }

  @Test
  void keysOfTheCdkAreLeftAlone() {
    Settings.of(
        Map.of(
            "@aws-cdk/core:checkSecretUsage", true,
            "aws:cdk:enable-path-metadata", true,
            "availability-zones:account=1:region=eu-west-1", "a",
            "acknowledged-issue-numbers", List.of(1),
            "cli-telemetry", false));
  }

  @Test
  void pipeline() {
    Map<String, Object> given = new LinkedHashMap<>(Synthesized.PIPELINE);
    assertThat(Settings.of(given).pipeline())
        .contains(
            new Settings.Pipeline(
                Synthesized.CONNECTION,
                "example/walkthrough-ipv6",
                "main",
                List.of(Stage.V4_ONLY, Stage.V6_ONLY, Stage.OVERRIDE),
                Optional.of("security"),
                Optional.empty()));
    given.put("reviewGates", "off");
    assertThat(Settings.of(given).pipeline())
        .hasValueSatisfying(pipeline -> assertThat(pipeline.reviewGates()).isEmpty());
    given.put(
        "connectionArn",
        "arn:aws-cn:codestar-connections:cn-north-1:111122223333:connection/4dacf3f2");
    given.put("pipelineStages", "custom,none");
    given.put("custom", Map.of("red", "IPv4_ONLY"));
    Settings settings = Settings.of(given);
    assertThat(settings.pipeline())
        .hasValueSatisfying(
            pipeline -> assertThat(pipeline.stages()).containsExactly(Stage.CUSTOM, Stage.NONE));
    assertThat(settings.at(Stage.CUSTOM).preferences().colors())
        .isEqualTo(Map.of(Color.RED, IpPreference.IPV4_ONLY));
    assertThat(settings.preferences().colors()).isEmpty();
  }

  @Test
  void whatIsNotInTheFileIsGiven() {
    Map<String, Object> file = Map.of("meshName", "m", "natGateways", 2);
    Map<String, Object> values = new LinkedHashMap<>(file);
    values.put("flowLogs", "true");
    values.put("projectName", "p");
    values.put("natGateways", "1");
    values.put("aws:cdk:version-reporting", true);
    assertThat(new Context(values, file).given())
        .containsExactly("projectName=p", "natGateways=1", "flowLogs=true");
    values.put("custom", Map.of("red", "IPv4_ONLY"));
    assertThatThrownBy(() -> new Context(values, file).given())
        .hasMessage(
            "context key 'custom' is not from cdk.json, so the pipeline cannot know it; set it there");
  }

  @Test
  void saysWhereAValueComesFrom() {
    Map<String, Object> file = Map.of("meshName", "m", "servicesDomain", "file");
    Map<String, Object> values = new LinkedHashMap<>(file);
    values.put("projectName", "p");
    values.put("servicesDomain", "given");
    assertThat(Settings.of(values).describe("v4_only (default)", new Context(values, file)))
        .startsWith(
            "Settings: stage=v4_only (default), backend=appmesh (default), projectName=p (-c), meshName=m (cdk.json), servicesDomain=given (-c), ")
        .doesNotContain("\n");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"stge":"v4_only"}                   | context key 'stge' is unknown; did you mean stage?; allowed are stage, custom
          {"Stage":"v4_only"}                  | context key 'Stage' is unknown; did you mean stage?
          {"colour":"red"}                     | context key 'colour' is unknown; allowed are
          {"STAGE":"v4_only"}                  | did you mean stage?
          {"project_name":"x"}                 | did you mean projectName?
          {"":"x"}                             | context key '' is unknown
          {"nat-gateways":"2"}                 | context key 'nat-gateways' is unknown; did you mean natGateways?
          {"ssh-cidr":"10.0.0.0/8"}            | did you mean sshCidr?
          {"stage-name":"v4_only"}             | context key 'stage-name' is unknown; allowed are
          {"natGateways-":"2"}                 | did you mean natGateways?
          {"Stage:x":"v4_only"}                | did you mean stage?
          {"stage/":"v4_only"}                 | did you mean stage?
          {"stage":"v5_only"}                  | context value stage='v5_only' is not allowed; allowed: v4_only, v4_preferred
          {"stage":"V4_ONLY"}                  | stage='V4_ONLY' is not allowed
          {"stage":""}                         | stage='' is not allowed
          {"stage":4}                          | stage='4' is not allowed
          {"stage":true}                       | stage='true' is not allowed
          {"stage":["v4_only"]}                | stage='[v4_only]' is not allowed
          {"stage":"v4_only\\n"}               | stage='v4_only ' is not allowed
          {"stage":"custom"}                   | stage 'custom' needs preferences
          {"stage":"custom","custom":{}}       | stage 'custom' needs preferences
          {"stage":"custom","red":"IPv4"}      | red='IPv4' is not allowed; allowed: IPv4_PREFERRED, IPv6_PREFERRED
          {"stage":"custom","red":"ipv4_only"} | red='ipv4_only' is not allowed
          {"stage":"custom","mesh":""}         | mesh='' is not allowed
          {"stage":"custom","mesh":6}          | mesh='6' is not allowed
          {"red":"IPv4_ONLY"}                  | context key 'red' is for a custom stage, but stage is 'v4_only'; add -c stage=custom
          {"stage":"v6_only","mesh":"IPv4_ONLY"} | context key 'mesh' is for a custom stage, but stage is 'v6_only'
          {"custom":"IPv4_ONLY"}               | custom='IPv4_ONLY' is not allowed; allowed: an object in cdk.json
          {"custom":{"pink":"IPv4_ONLY"}}      | context key 'custom.pink' is unknown; allowed in custom are mesh, red
          {"custom":{"red":"IPv5"}}            | red='IPv5' is not allowed
          {"projectName":"an-18-char-name-xx"} | projectName='an-18-char-name-xx' is not allowed; allowed: a letter
          {"projectName":"9lives"}             | projectName='9lives' is not allowed
          {"projectName":"under_score"}        | projectName='under_score' is not allowed
          {"projectName":""}                   | projectName='' is not allowed
          {"projectName":"ends-"}              | projectName='ends-' is not allowed; allowed: a name that does not end with a hyphen
          {"backend":"envoy","projectName":"Ssm-demo"} | projectName='Ssm-demo' is not allowed; allowed: with backend=envoy, a name that does not begin with aws or ssm
          {"meshName":"a b"}                   | meshName='a b' is not allowed
          {"servicesDomain":"UPPER.local"}     | servicesDomain='UPPER.local' is not allowed
          {"servicesDomain":"a..b"}            | servicesDomain='a..b' is not allowed
          {"servicesDomain":"-a.b"}            | servicesDomain='-a.b' is not allowed
          {"envoyImage":"not an image"}        | envoyImage='not an image' is not allowed; allowed: the name of a container image with its tag or digest, such as public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod
          {"backend":"envoy","envoyImage":"a/b"} | envoyImage='a/b' is not allowed; allowed: the name of a container image with its tag or digest, such as 111122223333.dkr.ecr.us-west-2.amazonaws.com/envoy-with-sidecar:1
          {"envoyImage":"a//b:@:"}             | envoyImage='a//b:@:' is not allowed
          {"envoyImage":"a:5000/b"}            | envoyImage='a:5000/b' is not allowed
          {"envoyImage":"a/b@sha256:00"}       | envoyImage='a/b@sha256:00' is not allowed
          {"backend":"envoy","envoyBaseImage":"envoyproxy/envoy"} | envoyBaseImage='envoyproxy/envoy' is not allowed; allowed: the name of a container image with its tag or digest, such as envoyproxy/envoy:v1.40.0
          {"backend":"envoy","envoyBaseImage":"envoyproxy/envoy:distroless-v1.40.0"} | envoyBaseImage='envoyproxy/envoy:distroless-v1.40.0' is not allowed; allowed: an image with bash, which distroless ones lack, such as envoyproxy/envoy:v1.40.0
          {"envoyBaseImage":"a/b:1"}           | context key 'envoyBaseImage' is what the Envoy's image is built from with backend=envoy and without envoyImage
          {"backend":"envoy","envoyImage":"a/c:1","envoyBaseImage":"a/b:1"} | context key 'envoyBaseImage' is what the Envoy's image is built from
          {"colortellerImage":"123456789012.dkr.ecr.eu-west-1.amazonaws.com/teller"} | colortellerImage='123456789012.dkr.ecr.eu-west-1.amazonaws.com/teller' is not allowed; allowed: the name of a container image with its tag or digest, such as 111122223333.dkr.ecr.us-west-2.amazonaws.com/colorteller:1
          {"envoyImage":""}                    | envoyImage='' is not allowed
          {"colortellerImage":false}           | colortellerImage='false' is not allowed
          {"natGateways":0}                    | natGateways='0' is not allowed; allowed: 1, 2
          {"natGateways":"two"}                | natGateways='two' is not allowed
          {"natGateways":[1]}                  | natGateways='[1]' is not allowed
          {"flowLogs":"True"}                  | flowLogs='True' is not allowed; allowed: true, false
          {"flowLogs":1}                       | flowLogs='1' is not allowed
          {"accessLogsBucket":"Logs"}          | accessLogsBucket='Logs' is not allowed; allowed: the name of an S3 bucket
          {"accessLogsBucket":"ab"}            | accessLogsBucket='ab' is not allowed
          {"accessLogsBucket":"a..b"}          | accessLogsBucket='a..b' is not allowed
          {"accessLogsBucket":"10.0.0.1"}      | accessLogsBucket='10.0.0.1' is not allowed
          {"keyPairName":"mine"}               | context key 'keyPairName' is given without 'sshCidr'
          {"sshCidr":"203.0.113.0/24"}         | context key 'sshCidr' is given without 'keyPairName'
          {"keyPairName":"","sshCidr":"203.0.113.0/24"} | keyPairName='' is not allowed; allowed: the name of an EC2 key pair
          {"keyPairName":"a\\nb","sshCidr":"203.0.113.0/24"} | keyPairName='a b' is not allowed
          {"keyPairName":"schlüssel","sshCidr":"203.0.113.0/24"} | keyPairName='schlüssel' is not allowed
          {"keyPairName":"a","sshCidr":"0.0.0.0/0"}  | sshCidr='0.0.0.0/0' is not allowed; allowed: an IPv4 block no larger than /8
          {"keyPairName":"a","sshCidr":"0.0.0.0/1"}  | sshCidr='0.0.0.0/1' is not allowed
          {"keyPairName":"a","sshCidr":"8.0.0.0/7"}  | sshCidr='8.0.0.0/7' is not allowed
          {"keyPairName":"a","sshCidr":"10.0.0.1/8"} | sshCidr='10.0.0.1/8' is not allowed
          {"keyPairName":"a","sshCidr":"10.1/16"}    | sshCidr='10.1/16' is not allowed
          {"keyPairName":"a","sshCidr":"010.0.0.0/8"} | sshCidr='010.0.0.0/8' is not allowed
          {"keyPairName":"a","sshCidr":"10.0.0.0"}   | sshCidr='10.0.0.0' is not allowed
          {"keyPairName":"a","sshCidr":"10.0.0.0/33"} | sshCidr='10.0.0.0/33' is not allowed
          {"keyPairName":"a","sshCidr":"::/0"}       | sshCidr='::/0' is not allowed
          {"keyPairName":"a","sshCidr":"2000::/3"}   | sshCidr='2000::/3' is not allowed
          {"keyPairName":"a","sshCidr":"2001::/31"}  | sshCidr='2001::/31' is not allowed
          {"keyPairName":"a","sshCidr":"2001:db8::7/64"} | sshCidr='2001:db8::7/64' is not allowed
          {"connectionArn":"CONNECTION"}       | context key 'connectionArn' is given without 'repository'; give both for the pipeline, or neither
          {"repository":"a/b"}                 | context key 'repository' is given without 'connectionArn'; give both for the pipeline
          {"branch":"main"}                    | context key 'branch' is for the pipeline, which needs 'connectionArn' and 'repository'; add both, or leave branch out
          {"pipelineStages":"v4_only"}         | context key 'pipelineStages' is for the pipeline
          {"reviewGates":"none"}               | context key 'reviewGates' is for the pipeline
          {"notificationsTopicArn":"arn:aws:sns:eu-west-1:111122223333:a"} | context key 'notificationsTopicArn' is for the pipeline
          {"connectionArn":"arn:aws:sns:eu-west-1:111122223333:a","repository":"a/b"} | is not allowed; allowed: the ARN of a connection
          {"connectionArn":"CONNECTION","repository":"a"} | repository='a' is not allowed; allowed: a repository as owner/name
          {"connectionArn":"CONNECTION","repository":"a/b/c"} | repository='a/b/c' is not allowed
          {"connectionArn":"CONNECTION","repository":"a/b","branch":"-x"} | branch='-x' is not allowed
          {"connectionArn":"CONNECTION","repository":"a/b","pipelineStages":""} | pipelineStages='' is not allowed; allowed: different ones of v4_only, v4_preferred
          {"connectionArn":"CONNECTION","repository":"a/b","pipelineStages":"v4_only, v6_only"} | pipelineStages='v4_only, v6_only' is not allowed
          {"connectionArn":"CONNECTION","repository":"a/b","pipelineStages":"v4_only,v4_only"} | pipelineStages='v4_only,v4_only' is not allowed
          {"connectionArn":"CONNECTION","repository":"a/b","pipelineStages":"custom"} | context key 'pipelineStages' holds the stage 'custom', which needs preferences
          {"connectionArn":"CONNECTION","repository":"a/b","reviewGates":"security,none"} | reviewGates='security,none' is not allowed; allowed: security, replacement and requests, one or more
          {"connectionArn":"CONNECTION","repository":"a/b","reviewGates":""} | reviewGates='' is not allowed
          {"connectionArn":"CONNECTION","repository":"a/b","notificationsTopicArn":"builds"} | notificationsTopicArn='builds' is not allowed; allowed: the ARN of an SNS topic
          """)
  void refuses(String context, String message) throws Exception {
    Map<String, Object> values =
        JSON.readValue(
            context.replace("CONNECTION", Synthesized.CONNECTION), new TypeReference<>() {});
    assertThatThrownBy(() -> Settings.of(values))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  /** What reaches the app from cdk.json, but not as it is written there. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"context": {"stage": null}}           | context value stage='null' is not allowed; leave the key out, or give
          {"context": {"custom": {"red": null}}} | context value custom.red='null' is not allowed
          {"context": {"natGateways": 2.0}}      | context value natGateways='2.0' is not allowed
          {"context": null}                      | context 'null' of cdk.json is not allowed; allowed: an object
          {"context": ["stage"]}                 | context '["stage"]' of cdk.json is not allowed
          {"context": "stage=v6_only"}           | context '"stage=v6_only"' of cdk.json is not allowed
          {"context": {                          | cdk.json is not JSON
          """)
  void refusesTheFile(String content, String message, @TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("cdk.json"), content);
    assertThatThrownBy(() -> Context.read(file))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource({"203.0.113.7/32", "10.0.0.0/8", "2001:db8::7/128", "2001:db8::/32"})
  void sshFrom(String cidr) {
    assertThat(Settings.of(Map.of("keyPairName", "my key's", "sshCidr", cidr)).ssh())
        .contains(new Settings.SshAccess("my key's", cidr));
  }

  @Test
  void longValuesAreShortened() {
    assertThatThrownBy(() -> Settings.of(Map.of("stage", "x".repeat(100_000))))
        .isInstanceOf(SettingsException.class)
        .message()
        .hasSizeLessThan(300);
  }
}
