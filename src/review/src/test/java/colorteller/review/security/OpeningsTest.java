package colorteller.review.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is opened, by pairs of templates in which one resource changes. */
class OpeningsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        // What is before, what is after, and what opens.
        "'Action':'s3:*','Resource':'*' | 'Action':'S3:GetObject','Resource':'*' | ",
        "'Action':'s3:Get?bject','Resource':'*' | 'Action':'s3:GetObject','Resource':'*' | ",
        "'Action':'s3:Get?bject','Resource':'*' | 'Action':'s3:Get*bject','Resource':'*' "
            + "| s3:Get*bject on everything",
        "'Action':'s3:*','Resource':'????' | 'Action':'s3:*','Resource':{'Ref':'A'} | s3:* on ${A}",
        "'Action':['a:b','c:d'],'Resource':'x' | 'Action':'a:b','Resource':['x','y'] | a:b on y",
        "'NotAction':['iam:*','s3:*'],'Resource':'*' | 'NotAction':'iam:*','Resource':'*' "
            + "| every action but iam:* on everything",
        "'NotAction':'iam:*','Resource':'*' | 'NotAction':'iam:CreateUser','Resource':'*' "
            + "| every action but iam:CreateUser on everything",
        "'NotAction':'iam:*','Resource':'*' | 'NotAction':['iam:*','s3:*'],'Resource':'*' | ",
        "'Action':'*','Resource':'*' | 'NotAction':'iam:*','Resource':'*' | ",
        "'Action':'a:b','NotResource':['x','y'] | 'Action':'a:b','NotResource':['x'] "
            + "| a:b on everything but x",
        "'Action':'a:b','Resource':{'Fn::If':['C','*','x']} | 'Action':'a:b','Resource':'y' "
            + "| a:b on y",
        "'Action':'a:b','Resource':'*','Condition':{'Bool':{'k':'1'}} | "
            + "'Action':'a:b','Resource':'*' | a:b on everything",
        "'Action':'a:b','Resource':'*','Condition':{'Bool':{'k':'1'}} | "
            + "'Action':'a:b','Resource':'x','Condition':{'Bool':{'k':'1','l':'2'}} | ",
        "'Principal':{'AWS':['x','y']},'Action':'a:b' | 'Principal':{'AWS':'y'},'Action':'a:b' | ",
        "'Principal':'*','Action':'a:b' | 'Principal':{'Service':'y'},'Action':'a:b' | y may a:b",
        "'NotPrincipal':{'AWS':['x','y']},'Action':'a:b' | 'NotPrincipal':{'AWS':'x'},'Action':'a:b' "
            + "| everyone but x may a:b"
      })
  void anAllowedStatement(String before, String after, String opened) throws IOException {
    assertThat(after("Effect':'Allow", before, after))
        .isEqualTo(opened == null ? List.of() : List.of(opened));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'Action':'s3:*','Resource':'*' | 'Action':'*','Resource':'*' | ",
        "'Action':'s3:*','Resource':'*' | 'Action':'s3:GetObject','Resource':'*' "
            + "| denied only: s3:GetObject on everything",
        "'Action':'s3:*','Resource':'x' | 'Action':'sqs:*','Resource':'y' | not denied: s3:* on x",
        "'NotAction':'s3:*','Resource':'*' | 'NotAction':['s3:*','iam:*'],'Resource':'*' "
            + "| denied only: every action but iam:*, s3:* on everything"
      })
  void aDeniedStatement(String before, String after, String opened) throws IOException {
    assertThat(after("Effect':'Deny", before, after))
        .isEqualTo(opened == null ? List.of() : List.of(opened));
  }

  @Test
  void whatAFunctionDecidesCannotBeTold() throws IOException {
    String choice =
        "{'Fn::If':['C',{'Effect':'Deny','Action':'*','Resource':'*'},{'Ref':'AWS::NoValue'}]}";
    assertThat(opened(policy("[" + choice + "]"), policy("[" + choice + "]"))).isEmpty();
    assertThat(opened(policy("[]"), policy("[" + choice + "]")))
        .singleElement()
        .extracting(Opening::after)
        .asString()
        .startsWith("cannot be told: {\"Fn::If\"");
    assertThat(opened(policy("[" + choice + "]"), policy("[]")))
        .singleElement()
        .extracting(Opening::after)
        .isEqualTo("not that: whether it denied something cannot be told");
  }

  @Test
  void anIdWithAnotherHashIsTheSameUnlessBothExist() throws IOException {
    String role = "'Type':'AWS::IAM::Role'";
    String policy =
        "'P':{'Type':'AWS::IAM::Policy','Properties':{'Roles':[{'Ref':'%s'}],'PolicyDocument':"
            + "{'Statement':[{'Effect':'Allow','Action':'*','Resource':'*'}]}}}";
    String one =
        "{'Resources':{'R12345678':{%s},%s}}".formatted(role, policy.formatted("R12345678"));
    String moved = one.replace("R12345678", "R87654321");
    assertThat(opened(one, moved)).isEmpty();
    String both = "{'Resources':{'R12345678':{%s},'R87654321':{%s},%s}}";
    assertThat(
            opened(
                both.formatted(role, role, policy.formatted("R12345678")),
                both.formatted(role, role, policy.formatted("R87654321"))))
        .extracting(Opening::who)
        .containsExactly("IAM Role R87654321");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'tcp','FromPort':80,'ToPort':90,'CidrIp':'0.0.0.0/0' "
            + "| '6','FromPort':'80','ToPort':'80','CidrIp':'10.0.0.0/8' | ",
        "'tcp','FromPort':80,'ToPort':80,'CidrIp':'10.0.0.0/8' "
            + "| 'tcp','FromPort':80,'ToPort':80,'CidrIp':'10.0.0.0/7' | tcp 80 in from 10.0.0.0/7",
        "'icmp','FromPort':3,'ToPort':-1,'CidrIp':'0.0.0.0/0' "
            + "| 'icmp','FromPort':8,'ToPort':-1,'CidrIp':'0.0.0.0/0' | icmp type 8 in from 0.0.0.0/0",
        "'icmpv6','FromPort':-1,'ToPort':-1,'CidrIpv6':'::/0' "
            + "| '58','FromPort':1,'ToPort':0,'CidrIpv6':'::/0' | ",
        "'tcp','FromPort':{'Ref':'P'},'ToPort':{'Ref':'P'},'CidrIp':'0.0.0.0/0' "
            + "| 'tcp','FromPort':22,'ToPort':22,'CidrIp':'0.0.0.0/0' | tcp 22 in from 0.0.0.0/0",
        "'tcp','FromPort':22,'ToPort':22,'CidrIp':{'Ref':'P'} "
            + "| 'tcp','FromPort':22,'ToPort':22,'CidrIp':{'Ref':'P'} | ",
        "'-1','CidrIp':'0.0.0.0/0' | {'Ref':'P'},'CidrIp':'10.0.0.0/8' | "
      })
  void aRule(String before, String after, String opened) throws IOException {
    assertThat(opened(group(before), group(after)))
        .extracting(Opening::after)
        .isEqualTo(opened == null ? List.of() : List.of(opened));
  }

  @Test
  void aGroupWithoutRulesOutLetsEverythingOut() throws IOException {
    String group = "{'Resources':{'G':{'Type':'AWS::EC2::SecurityGroup','Properties':{%s}}}}";
    String out =
        "'SecurityGroupEgress':[{'IpProtocol':'tcp','FromPort':1,'ToPort':1,'CidrIp':'::/0'}]";
    assertThat(opened(group.formatted(out), group.formatted("")))
        .extracting(Opening::after)
        .containsExactly(
            "every protocol and port out to 0.0.0.0/0", "every protocol and port out to ::/0");
    assertThat(opened(group.formatted(""), group.formatted(out))).isEmpty();
  }

  private static List<String> after(String effect, String before, String after) throws IOException {
    return opened(
            policy("[{'%s',%s}]".formatted(effect, before)),
            policy("[{'%s',%s}]".formatted(effect, after)))
        .stream()
        .map(Opening::after)
        .toList();
  }

  private static String policy(String statements) {
    return ("{'Resources':{'R':{'Type':'AWS::IAM::Role','Properties':"
            + "{'Policies':[{'PolicyDocument':{'Statement':%s}}]}}}}")
        .formatted(statements);
  }

  private static String group(String rule) {
    return ("{'Resources':{'G':{'Type':'AWS::EC2::SecurityGroup','Properties':"
            + "{'SecurityGroupIngress':[{'IpProtocol':%s}]}}}}")
        .formatted(rule);
  }

  private static List<Opening> opened(String before, String after) throws IOException {
    return Openings.of("stack", json(before), json(after));
  }

  private static JsonNode json(String text) throws IOException {
    return JSON.readTree(text.replace('\'', '"'));
  }
}
