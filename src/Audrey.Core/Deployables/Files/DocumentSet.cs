using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Deployables.Oz;
using Audrey.Core.Deployables.Set2011;
using Audrey.Core.Deployables.Xml;
using Audrey.Core.Deployables.Yaml;
using Audrey.Core.Findings;
using Audrey.Core.Limits;
using Audrey.Core.Text;
using Audrey.Core.Xml;

namespace Audrey.Core.Deployables.Files;

/// <summary>Recognises the kind of each file, reads it, and combines the files into one deployable.</summary>
internal sealed class DocumentSet(DocumentLimits limits)
{
    private static readonly string[] Roots = ["deployable", "assembly", "template", "instance-config"];

    private readonly List<TemplateFile> _templates = [];
    private readonly List<AssemblyFile> _assemblies = [];
    private DeployableDraft? _deployable;
    private DeployableFile? _deployable2011;
    private string? _deployableFile;

    /// <summary>Reads one file.</summary>
    public void Add(SourceDocument document)
    {
        var begin = new SourceLocation(1, 1);
        if (document.Bytes.Length > limits.MaxDeployableBytes)
        {
            document.Incomplete = true;
            document.Findings.Add(
                $"the document is {document.Bytes.Length} bytes long; at most {limits.MaxDeployableBytes} are allowed", begin);
            return;
        }

        switch (DocumentContent.KindOf(document.Bytes.Span))
        {
            case ContentKind.Nothing:
                document.Findings.Add("the file is empty; give a deployable", begin);
                break;
            case ContentKind.Xml:
                AddXml(document);
                break;
            default:
                if (YamlDeployableReader.Read(document, limits) is { } deployable && IsFirst(document, begin)) _deployable = deployable;
                break;
        }
    }

    /// <summary>
    /// Returns the deployable that the files form. Returns null after reporting the reason why the files form no deployable.
    /// </summary>
    public DeployableDraft? Join(IReadOnlyList<SourceDocument> documents)
    {
        if (_deployable2011 is not null) return SetJoin.Join(_deployable2011, _assemblies, _templates);
        if (_deployable is null)
        {
            // A file with findings might have been the deployable.
            if (documents.Any(document => document.Findings.Any)) return null;
            foreach (var template in _templates)
                template.Location.Report(
                    $"template {Show(template.Name)} describes an image, not what to launch; add the deployable");
            foreach (var assembly in _assemblies)
                assembly.Location.Report(
                    $"assembly {Show(assembly.Name)} is part of a deployable; add the deployable and the template "
                    + $"{Show(assembly.TemplateName)}");
            return null;
        }

        foreach (var assembly in _assemblies)
            assembly.Location.Report(
                $"assembly {Show(assembly.Name)} belongs to a deployable of 2011, but {_deployableFile} needs no other file; leave "
                + "this file out");
        TemplateMatch.Attach(_templates, _deployable);
        return _deployable;
    }

    private void AddXml(SourceDocument document)
    {
        using var reader = XmlInput.Open(document.Bytes);
        var cursor = new XmlCursor(reader, document.Findings, "<deployable>, <assembly> or <template>");
        if (cursor.ReadToRoot())
        {
            ReadRoot(document, cursor);
            while (cursor.Read())
            {
                // Only comments and white space are allowed after the root element. The cursor reports anything else.
            }
        }

        document.Incomplete = cursor.Stopped;
    }

    private void ReadRoot(SourceDocument document, XmlCursor cursor)
    {
        var elements = new ElementReader(cursor, document.Findings, limits);
        switch (cursor.Name)
        {
            case "deployable" when !IsFirst(document, cursor.Location):
                cursor.Skip();
                break;
            case "deployable" when DocumentContent.IsDeployableOf2011(document.Bytes):
                _deployable2011 = new SetReader(elements, document).ReadDeployable();
                break;
            case "deployable":
                _deployable = new XmlDeployableReader(elements, document).Read();
                break;
            case "assembly":
                _assemblies.Add(new SetReader(elements, document).ReadAssembly());
                break;
            case "template":
                _templates.Add(new TemplateReader(elements, document).Read());
                break;
            case "instance-config":
                cursor.Report(
                    "an instance config describes one instance that was already launched; give the deployable that it was made from");
                cursor.Skip();
                break;
            default:
                var remedy = NearestName.Find(cursor.Name, Roots) is { } nearest
                    ? $"did you mean <{nearest}>?"
                    : "the known ones are <deployable>, <assembly> and <template>";
                cursor.Report($"a document that begins with <{Show(cursor.Name)}> is of an unknown kind; {remedy}");
                cursor.Skip();
                break;
        }
    }

    private bool IsFirst(SourceDocument document, SourceLocation location)
    {
        if (_deployableFile is null)
        {
            _deployableFile = document.Path;
            return true;
        }

        document.Findings.Add($"a second deployable (the first is in {_deployableFile}); only one is allowed", location);
        return false;
    }

    private static string Show(string name) => NameRules.Show(name);
}
