using System.Reflection;

namespace Audrey.Architecture.Tests.Surface;

/// <summary>
/// The types of Core that conductors see through the client library. They are listed in a file, which is reviewed like
/// PublicAPI.Shipped.txt. Running the test with AUDREY_SURFACE=replace writes the file.
/// </summary>
public sealed class CoreSurfaceTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string List =
        Path.Combine(Repository.Root, "tests", "Audrey.Architecture.Tests", "Surface", "core-surface.txt");

    [Fact]
    public void The_types_of_Core_in_the_API_of_the_client_equal_the_reviewed_list()
    {
        var surface = Types().SelectMany(Lines).Order(StringComparer.Ordinal).ToList();
        if (Environment.GetEnvironmentVariable("AUDREY_SURFACE") == "replace") File.WriteAllLines(List, surface);

        Assert.Equal(File.ReadAllLines(List), surface);
    }

    /// <summary>
    /// Returns the types of Core that occur in the client's public members, and the types of Core that occur in the public members of these
    /// types.
    /// </summary>
    private static HashSet<Type> Types()
    {
        var found = new HashSet<Type>();
        var next = new Queue<Type>(Repository.AssemblyOf("Audrey.Client").GetExportedTypes());
        while (next.TryDequeue(out var type))
        {
            foreach (var part in Members(type).SelectMany(TypesOf).SelectMany(Parts))
                if (part.Assembly.GetName().Name == "Audrey.Core" && found.Add(part)) next.Enqueue(part);
        }

        return found;
    }

    private static IEnumerable<string> Lines(Type type) =>
        Members(type).Select(member => $"{type.FullName}: {member}").Prepend($"{type.FullName}").Distinct();

    /// <summary>
    /// Returns the members that the source declares. Members that the compiler adds to a record are left out, because they do not change
    /// the meaning of the surface.
    /// </summary>
    private static IEnumerable<MemberInfo> Members(Type type) =>
        from member in type.GetMembers(Declared)
        where member is not (FieldInfo { IsSpecialName: true } or MethodInfo { IsSpecialName: true } or ConstructorInfo)
        where !member.Name.Contains('<', StringComparison.Ordinal) && member.Name is not ("Equals" or "GetHashCode" or "Deconstruct")
        select member;

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        PropertyInfo property => [property.PropertyType],
        FieldInfo field => [field.FieldType],
        MethodInfo method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType),
        _ => [],
    };

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        return type.IsConstructedGenericType
            ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
            : [type];
    }
}
