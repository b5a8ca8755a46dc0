namespace Audrey.Architecture.Tests.Sources;

/// <summary>The folders of a project form layers. A folder can use only the folders in lower layers.</summary>
public sealed class FolderRulesTests
{
    [Fact]
    public void The_folders_of_a_project_have_no_circular_dependencies() => new KnownViolations("circles").Allow(
        "If folders depend on each other, none can be understood or changed alone. Move a common type to a lower folder, or a type "
        + "that uses everything to a higher one. The root folder of a project is left out, because it composes the project:",
        from project in SourceFile.Products.Select(file => file.Project).Distinct()
        from circle in FolderGraph.Of(project).Circles()
        select (project, $"{project}: {string.Join(", ", circle.Folders)}\n{string.Join('\n', circle.Uses.Select(use => $"    {use}"))}"));

    [Fact]
    public void No_folder_has_a_single_file() => new KnownViolations("single-files").Allow(
        "A folder groups several files. Move a single file to the folder of the code that uses it:",
        from folder in SourceFile.Products.GroupBy(file => (file.Project, file.Folder))
        where folder.Key.Folder.Length > 0 && folder.Count() == 1
        let path = $"{folder.Key.Project}/{folder.Key.Folder}"
        where Directory.GetFiles(Path.Combine(Repository.Root, path)).Length == 1
        select (path, path));

    [Fact]
    public void A_namespace_matches_the_folder_of_its_file() => new KnownViolations("namespaces").Allow(
        "A namespace shows the folder of a type. Only the public types of a library share one namespace, so that users need only one:",
        from file in SourceFile.Products
        let expected = string.Join('.', $"{file.Project["src/".Length..]}/{file.Folder}".TrimEnd('/').Split('/'))
        where file.Namespace.Length > 0 && file.Namespace != expected && file.Project != "src/Audrey.Client"
        select (file.Path, $"{file.Path} declares {file.Namespace}, not {expected}"));
}
