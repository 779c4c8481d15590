package colorteller.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/** The command against AWS's APIs over HTTP: moto's, and a stub where moto has none. */
class PreflightTest {

  private static final String IMAGE = "colortellerImage=example.org/colorteller:1";

  // The same wherever a test can do with it: each set of settings is a synthesis.
  private static final String KEY_PAIR = "me & mine's";
  private static final String[] WITH_KEY_PAIR = {
    "-c", IMAGE, "-c", "keyPairName=" + KEY_PAIR, "-c", "sshCidr=203.0.113.0/24"
  };

  private static final String REGION = "eu-west-1";

  /** Where everything is ready: moto keeps what it knows of regions apart. */
  private static final String READY = "us-west-2";

  private static Moto moto;

  @TempDir Path folder;

  @BeforeAll
  static void startMoto() throws Exception {
    moto = new Moto();
  }

  @AfterAll
  static void stopMoto() {
    moto.close();
  }

  @Test
  void anAccountThatLacksEverything() throws Exception {
    Command.Result result = preflight(moto.endpoint(), WITH_KEY_PAIR);
    assertThat(result.status()).as(result.err()).isEqualTo(1);
    assertThat(rows(result))
        .containsExactly(
            "ok CDK CLI",
            "ok region",
            "ok credentials",
            "missing CDK bootstrap",
            "missing dualStackIPv6",
            "missing key pair me & mine's",
            "ended App Mesh");
    assertThat(result.out())
        .contains(
            "CDK bootstrap: npx cdk bootstrap aws://123456789012/eu-west-1",
            "aws ecs put-account-setting-default --name dualStackIPv6 --value enabled --region eu-west-1",
            "aws ec2 create-key-pair --key-name 'me & mine'\\''s' --region eu-west-1 --query KeyMaterial --output text > 'me & mine'\\''s.pem'");
  }

  @Test
  void anAccountThatIsReady() throws Exception {
    try (SsmClient ssm = moto.client(SsmClient.builder(), READY);
        EcsClient ecs = moto.client(EcsClient.builder(), READY);
        Ec2Client ec2 = moto.client(Ec2Client.builder(), READY)) {
      ssm.putParameter(
          p -> p.name("/cdk-bootstrap/hnb659fds/version").value("5").type(ParameterType.STRING));
      ecs.putAccountSetting(p -> p.name("dualStackIPv6").value("enabled"));
      ec2.createKeyPair(p -> p.keyName(KEY_PAIR));
      Map<String, String> there = Map.of("AWS_REGION", READY);
      Command.Result old = preflight(moto.endpoint(), there, WITH_KEY_PAIR);
      assertThat(old.out()).contains("version 5; needed is 6");
      ssm.putParameter(
          p ->
              p.name("/cdk-bootstrap/hnb659fds/version")
                  .value("30")
                  .type(ParameterType.STRING)
                  .overwrite(true));
      Command.Result ready = preflight(moto.endpoint(), there, WITH_KEY_PAIR);
      assertThat(ready.status()).as(ready.out()).isZero();
      assertThat(ready.out()).doesNotContain("missing", "To do");
    }
  }

  /** Its answers, by what they are asked; everything else is refused as App Mesh refuses today. */
  private static final Map<String, String> STUB =
      Map.of(
          "GetCallerIdentity",
              """
              <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                <GetCallerIdentityResult>
                  <Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>U</UserId>
                  <Account>123456789012</Account>
                </GetCallerIdentityResult>
              </GetCallerIdentityResponse>""",
          "AmazonSSM.GetParameter",
              "{\"Parameter\": {\"Name\": \"/cdk-bootstrap/hnb659fds/version\", \"Value\": \"30\"}}",
          "AmazonEC2ContainerServiceV20141113.ListAccountSettings", "{\"settings\": []}",
          "AmazonEC2ContainerServiceV20141113.PutAccountSettingDefault",
              "{\"setting\": {\"name\": \"dualStackIPv6\", \"value\": \"enabled\"}}");

  @Test
  void changesNothingUnlessItIsToldTo() throws Exception {
    Set<String> asked = new ConcurrentSkipListSet<>();
    try (HttpStub stub = new HttpStub((request, body) -> answer(request, body, asked))) {
      String endpoint = stub.endpoint();
      Command.Result looked = preflight(endpoint, "-c", IMAGE);
      Set<String> reading =
          Set.of(
              "GetCallerIdentity",
              "AmazonSSM.GetParameter",
              "AmazonEC2ContainerServiceV20141113.ListAccountSettings",
              "GET /v20190125/meshes");
      assertThat(asked).isEqualTo(reading);
      assertThat(looked.status()).isEqualTo(1);
      assertThat(rows(looked))
          .containsExactly(
              "ok CDK CLI",
              "ok region",
              "ok credentials",
              "ok CDK bootstrap",
              "missing dualStackIPv6",
              "ended App Mesh");
      assertThat(looked.out())
          .contains("AccessDeniedException", "run the meshes with ./walkthrough local");

      asked.clear();
      Command.Result mended = preflight(endpoint, "-c", IMAGE, "--fix");
      Set<String> expected = new TreeSet<>(reading);
      expected.add("AmazonEC2ContainerServiceV20141113.PutAccountSettingDefault");
      assertThat(asked).isEqualTo(expected);
      assertThat(mended.out()).contains("was disabled; now enabled for the account");
      assertThat(mended.status()).as("what has ended does not count").isZero();
      assertThat(rows(mended)).contains("ended App Mesh");
    }
  }

  @Test
  void envoysOfOurOwnDoNotNeedAppMesh() throws Exception {
    Set<String> asked = new ConcurrentSkipListSet<>();
    try (HttpStub stub = new HttpStub((request, body) -> answer(request, body, asked))) {
      Command.Result result = preflight(stub.endpoint(), "-c", "backend=envoy");
      assertThat(asked)
          .containsExactlyInAnyOrder(
              "GetCallerIdentity",
              "AmazonSSM.GetParameter",
              "AmazonEC2ContainerServiceV20141113.ListAccountSettings");
      assertThat(rows(result))
          .filteredOn(row -> !row.contains("Docker"))
          .containsExactly(
              "ok CDK CLI",
              "ok region",
              "ok credentials",
              "ok CDK bootstrap",
              "missing dualStackIPv6");
      assertThat(rows(result)).hasSize(6);
    }
  }

  @Test
  void aPageOfHtmlInsteadOfAnAnswer() throws Exception {
    HttpStub.Answer page =
        new HttpStub.Answer(403, Map.of("Content-Type", "text/html"), "<html>Forbidden</html>");
    Set<String> asked = new ConcurrentSkipListSet<>();
    try (HttpStub stub =
        new HttpStub(
            (request, body) ->
                body.contains("Action=GetCallerIdentity") ? answer(request, body, asked) : page)) {
      Command.Result result = preflight(stub.endpoint(), WITH_KEY_PAIR);
      assertThat(result.status()).as(result.err()).isEqualTo(1);
      assertThat(rows(result))
          .containsExactly(
              "ok CDK CLI",
              "ok region",
              "ok credentials",
              "missing CDK bootstrap",
              "missing dualStackIPv6",
              "missing key pair me & mine's",
              "ended App Mesh");
      assertThat(result.out().lines().filter(line -> line.contains("unknown: "))).hasSize(3);
      assertThat(result.out() + result.err()).doesNotContain("Exception", "null");
    }
  }

  @Test
  void aProfileOrRegionThatIsNone() throws Exception {
    String nobody = "http://127.0.0.1:9";
    Map<String, String> nope = Map.of("AWS_PROFILE", "nope", "AWS_REGION", "");
    Command.Result profile = preflight(nobody, nope, "-c", IMAGE);
    assertThat(profile.status()).isEqualTo(1);
    assertThat(rows(profile)).containsExactly("ok CDK CLI", "missing profile");
    assertThat(profile.out())
        .contains("AWS_PROFILE names 'nope'", "aws configure --profile 'nope'");
    Map<String, String> withRegion = Map.of("AWS_PROFILE", "nope", "AWS_ACCESS_KEY_ID", "");
    assertThat(rows(preflight(nobody, withRegion, "-c", IMAGE)))
        .containsExactly("ok CDK CLI", "ok region", "missing profile", "missing credentials");
    Command.Result region = preflight(nobody, Map.of("AWS_REGION", "eu west; ls"), "-c", IMAGE);
    assertThat(rows(region)).containsExactly("ok CDK CLI", "missing region");
    assertThat(region.out()).contains("none of AWS's").doesNotContain("; ls");
  }

  @Test
  void withoutCredentialsOrRegion() throws Exception {
    Command.Result none =
        preflight("http://127.0.0.1:9", Map.of("AWS_ACCESS_KEY_ID", ""), "-c", IMAGE);
    assertThat(none.status()).isEqualTo(1);
    assertThat(rows(none)).containsExactly("ok CDK CLI", "ok region", "missing credentials");
    assertThat(none.out()).contains("Unable to load credentials").doesNotContain("Exception", "(");
    Command.Result nowhere = preflight("http://127.0.0.1:9", Map.of("AWS_REGION", ""), "-c", IMAGE);
    assertThat(rows(nowhere)).containsExactly("ok CDK CLI", "missing region");
  }

  @Test
  void docker() throws Exception {
    String noRegion = "http://127.0.0.1:9";
    // One path, since another one would be another synthesis.
    Path script = folder.resolve("docker");
    Map<String, String> environment = Map.of("AWS_REGION", "", "CDK_DOCKER", script.toString());
    for (Map.Entry<String, String> docker :
        Map.of(
                "exit 1", "missing",
                "case $1 in version) echo 27.1;; buildx) echo 'Platforms: linux/amd64, linux/arm64';; esac",
                    "ok",
                "case $1 in version) echo 27.1;; buildx) echo 'Platforms: linux/amd64';; esac",
                    System.getProperty("os.arch").equals("aarch64") ? "ok" : "missing")
            .entrySet()) {
      Files.writeString(script, "#!/bin/sh\n" + docker.getKey() + "\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
      Command.Result result = preflight(noRegion, environment);
      assertThat(rows(result)).contains(docker.getValue() + " Docker");
    }
    Files.delete(script);
    Command.Result absent = preflight(noRegion, environment);
    assertThat(absent.out())
        .contains("no '%s' on PATH".formatted(script), "-c colortellerImage=NAME");
  }

  @Test
  void refusesSettingsBeforeItAsksAnything() throws Exception {
    Command.Result result = preflight("http://127.0.0.1:9", "-c", "keyPairName=mine");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .isEqualToIgnoringNewLines(
            "context key 'keyPairName' is given without 'sshCidr'; give both for SSH to the bastion, or neither");
  }

  private static HttpStub.Answer answer(HttpExchange exchange, String body, Set<String> asked) {
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    String what =
        target != null
            ? target
            : body.contains("Action=GetCallerIdentity")
                ? "GetCallerIdentity"
                : exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    asked.add(what);
    String answer = STUB.get(what);
    return answer == null
        ? HttpStub.Answer.error(403, "AccessDeniedException", "The service has ended.")
        : HttpStub.Answer.json(answer);
  }

  private static Command.Result preflight(String endpoint, String... arguments) throws Exception {
    return preflight(endpoint, Map.of(), arguments);
  }

  private static Command.Result preflight(
      String endpoint, Map<String, String> over, String... arguments) throws Exception {
    Map<String, String> environment = new HashMap<>(Moto.environment(endpoint, REGION));
    environment.putAll(over);
    return Command.run(
        environment,
        Stream.concat(Stream.of("./walkthrough", "preflight"), Stream.of(arguments)).toList());
  }

  /** The first two columns. */
  private static List<String> rows(Command.Result result) {
    return result
        .out()
        .lines()
        .takeWhile(line -> !line.isEmpty())
        .map(line -> String.join(" ", List.of(line.split(" {2,}")).subList(0, 2)))
        .toList();
  }
}
