// What CDK's own difference engine says of pairs of templates: for each line of input, [{before, after}], one of output,
// {differences: an entry for each} or {error}.
const { fullDiff } = require("@aws-cdk/cloudformation-diff");

const typeChanges = ({ isUpdate, oldResourceType, newResourceType }) => isUpdate && oldResourceType !== newResourceType;

function differences({ before, after }) {
  const diff = fullDiff(before, after);
  const resources = [];
  diff.resources.forEachDifference((id, change) => {
    resources.push({
      id,
      type: change.oldResourceType ?? change.newResourceType,
      impact: change.changeImpact,
      properties: typeChanges(change) ? ["Type"] : Object.keys(change.propertyUpdates),
      others: Object.keys(change.otherChanges).filter((key) => change.otherChanges[key].isDifferent),
    });
  });
  const names = (section) => Object.keys(diff[section].changes);
  const whole = (section) => (diff[section]?.isDifferent ? [""] : []);
  const sections = {
    parameter: names("parameters"),
    mapping: names("mappings"),
    condition: names("conditions"),
    output: names("outputs"),
    metadata: names("metadata"),
    "": names("unknown"),
    description: whole("description"),
    transform: whole("transform"),
    "format version": whole("awsTemplateFormatVersion"),
  };
  return { resources, sections };
}

function answer(line) {
  try {
    return { differences: JSON.parse(line).map(differences) };
  } catch (error) {
    return { error: error.message };
  }
}

require("readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => process.stdout.write(`${JSON.stringify(answer(line))}\n`));
