namespace Audrey.Architecture.Tests.Sources;

/// <summary>The folders of a project form layers. A folder can use only the folders in lower layers.</summary>
public sealed class FolderRulesTests
{
    [Fact]
    public void No_folders_of_a_project_use_one_another_in_a_circle() => new KnownViolations("circles").Allow(
        "In a circle no folder can be read or changed without the others. Move a type that everybody needs to a lower folder, or a type "
        + "that uses everything to a higher one. A project's root, which composes it, is left out:",
        from project in SourceFile.Products.Select(file => file.Project).Distinct()
        from circle in FolderGraph.Of(project).Circles()
        select (project, $"{project}: {string.Join(", ", circle.Folders)}\n{string.Join('\n', circle.Uses.Select(use => $"    {use}"))}"));

    [Fact]
    public void No_folder_has_a_single_file() => new KnownViolations("single-files").Allow(
        "A folder groups files. Put a lone file beside what uses it:",
        from folder in SourceFile.Products.GroupBy(file => (file.Project, file.Folder))
        where folder.Key.Folder.Length > 0 && folder.Count() == 1
        let path = $"{folder.Key.Project}/{folder.Key.Folder}"
        where Directory.GetFiles(Path.Combine(Repository.Root, path)).Length == 1
        select (path, path));

    [Fact]
    public void A_namespace_says_the_folder() => new KnownViolations("namespaces").Allow(
        "A reader finds a type by its namespace. Only a library's public surface may be in one namespace for the convenience of its users:",
        from file in SourceFile.Products
        let expected = string.Join('.', $"{file.Project["src/".Length..]}/{file.Folder}".TrimEnd('/').Split('/'))
        where file.Namespace.Length > 0 && file.Namespace != expected && file.Project != "src/Audrey.Client"
        select (file.Path, $"{file.Path} declares {file.Namespace}, not {expected}"));
}
