using System.Reflection;

namespace Audrey.Architecture.Tests.Surface;

public sealed class ClientSurfaceTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string[] Shown =
    [
        "Audrey.Client",
        "Audrey.Core",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Options",
    ];

    [Fact]
    public void The_client_library_does_not_show_Orleans_or_grain_contracts() => Rule.Holds(
        "A conductor must not break when grains or Orleans change, so the client shows only its own types, those of Core and of .NET:",
        from type in Repository.AssemblyOf("Audrey.Client").GetExportedTypes()
        from seen in SeenIn(type)
        from part in Parts(seen.Type)
        let assembly = part.Assembly.GetName().Name!
        where !Shown.Contains(assembly) && !assembly.StartsWith("System.", StringComparison.Ordinal)
        select $"{type.Name}.{seen.Member} shows {part.FullName} of {assembly}");

    [Fact]
    public void All_public_types_are_in_one_namespace() => Rule.Holds(
        "One using directive is enough for the whole library. Extensions of services are where a host's composition already looks:",
        from type in Repository.AssemblyOf("Audrey.Client").GetExportedTypes()
        where type.Namespace != (type.Name.EndsWith("ServiceCollectionExtensions", StringComparison.Ordinal)
            ? "Microsoft.Extensions.DependencyInjection"
            : "Audrey.Client")
        select type.FullName);

    [Fact]
    public void Every_exception_of_the_client_is_an_AudreyException() => Rule.Holds(
        "A conductor catches one type for every failure:",
        from type in Repository.AssemblyOf("Audrey.Client").GetTypes()
        where type.IsAssignableTo(typeof(Exception)) && !type.IsAssignableTo(typeof(Client.AudreyException))
        select type.FullName);

    private static IEnumerable<(string Member, Type Type)> SeenIn(Type type)
    {
        if (type.BaseType is { } parent) yield return ("base", parent);
        foreach (var contract in type.GetInterfaces()) yield return ("interface", contract);
        foreach (var field in type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily))
            yield return (field.Name, field.FieldType);
        foreach (var method in type.GetMembers(Declared).OfType<MethodBase>().Where(method => method.IsPublic || method.IsFamily))
        {
            if (method is MethodInfo returning) yield return (method.Name, returning.ReturnType);
            foreach (var parameter in method.GetParameters()) yield return (method.Name, parameter.ParameterType);
        }
    }

    /// <summary>
    /// Returns the types that a type consists of: its element type, or its generic definition and type arguments, or itself.
    /// </summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType) return Parts(type.GetElementType()!);
        return type.IsConstructedGenericType
            ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
            : [type];
    }
}
