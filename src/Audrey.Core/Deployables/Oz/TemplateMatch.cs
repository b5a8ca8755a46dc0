using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Limits;

namespace Audrey.Core.Deployables.Oz;

/// <summary>
/// Finds the assemblies that a template belongs to, if the template is given together with a deployable that needs no other file. Such a
/// deployable does not name its templates. A template therefore matches an assembly if the template's name is the name of the assembly or
/// the id of its image.
/// </summary>
internal static class TemplateMatch
{
    /// <summary>Attaches each template to the assemblies that are built from it.</summary>
    public static void Attach(IReadOnlyList<TemplateFile> templates, DeployableDraft deployable)
    {
        if (templates.Count == 0) return;
        var byName = new Dictionary<string, TemplateFile>(StringComparer.Ordinal);
        foreach (var template in templates)
        {
            if (!byName.TryAdd(template.Name, template))
                template.Location.Report(
                    $"a second template {NameRules.Show(template.Name)} (the first is in {byName[template.Name].Location.Document.Path}); "
                    + "names must be unique");
        }

        var used = new HashSet<TemplateFile>();
        foreach (var assembly in deployable.Assemblies)
        {
            var document = assembly.Document;
            if (document.Template is not null) continue;
            if (!byName.TryGetValue(document.Name, out var template)
                && (document.Image is null || !byName.TryGetValue(document.Image.Id, out template)))
                continue;
            assembly.Document = document with { Template = template.ToDocument() };
            used.Add(template);
        }

        foreach (var template in byName.Values)
        {
            if (!used.Contains(template))
                template.Location.Warn(
                    $"template {NameRules.Show(template.Name)} belongs to no assembly: no assembly has that name or an image with that id");
        }
    }
}
