using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Core.Deployables.Yaml;

internal static class YamlReader
{
    public static DeployableDraft? Read(SourceDocument document, DocumentLimits limits)
    {
        _ = limits;
        document.Findings.Add("the file is not XML; a deployable begins with <deployable>", new Place(1, 1));
        return null;
    }
}
