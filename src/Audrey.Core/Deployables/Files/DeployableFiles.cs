using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Deployables.Validation;
using Audrey.Core.Findings;
using Audrey.Core.Limits;

namespace Audrey.Core.Deployables.Files;

/// <summary>Reads the documents of a deployable, of any kind. The formats are described in <c>docs/documents.md</c>.</summary>
public static class DeployableFiles
{
    /// <summary>
    /// Reads one deployable: a Deployable 1.0, a deployable in YAML, or a deployable in the format of 2011 with its assembly files and
    /// templates. Templates of images can be added to each of these. The order of the files does not matter.
    /// </summary>
    /// <param name="files">The files. The content of each file determines its kind of document.</param>
    /// <param name="limits">Limits for the sizes and the numbers of names, values and files.</param>
    /// <returns>The deployable, or all errors. This method never throws, whatever the files contain.</returns>
    public static DeployableResult Read(IReadOnlyList<DocumentFile> files, DocumentLimits limits)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(limits);
        if (files.Count == 0)
            return new DeployableResult(null, [new FileFinding("(no file)", 1, 1, "no document was given; give the deployable")], []);
        var documents = files.Select(file => new SourceDocument(file)).ToArray();
        var set = new DocumentSet(limits);
        foreach (var document in documents) set.Add(document);
        var deployable = set.Join(documents);

        // If a file could not be read to its end, the rest of its content is unknown.
        if (deployable is not null && !documents.Any(document => document.Incomplete))
        {
            DeployableCheck.Check(deployable, limits);
            if (!documents.Any(document => document.Findings.Any)) ProbableMistakes.Check(deployable);
        }

        var findings = SourceDocument.Join(documents, document => document.Findings);
        var warnings = SourceDocument.Join(documents, document => document.Warnings);
        return new DeployableResult(deployable?.ToDocument(), findings, warnings);
    }
}
