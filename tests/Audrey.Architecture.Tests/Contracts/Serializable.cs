using System.Reflection;
using Orleans;

namespace Audrey.Architecture.Tests.Contracts;

/// <summary>Finds the types that are sent between silos or stored in rows.</summary>
internal static class Serializable
{
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Gets the types, ordered by name.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        .. Repository.TypesOf(Repository.Assemblies)
            .Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
            .Select(type => type.IsGenericTypeDefinition ? type.MakeGenericType(typeof(string)) : type)
            .OrderBy(type => type.FullName, StringComparer.Ordinal),
    ];

    /// <summary>Returns the name that stands for a type in serialized data. Null if the type has no such name.</summary>
    public static string? AliasOf(Type type) => type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    /// <summary>
    /// Returns the members of a type, each with the number that stands for it in serialized data. The number is null if the member has
    /// none.
    /// </summary>
    public static IEnumerable<(FieldInfo Field, string Name, uint? Id)> MembersOf(Type type) =>
        from field in type.GetFields(Instance)
        let property = field.Name.StartsWith('<') ? type.GetProperty(field.Name[1..field.Name.IndexOf('>')], Instance) : null
        let id = ((MemberInfo?)property ?? field).GetCustomAttribute<IdAttribute>()
        select (field, property?.Name ?? field.Name, id?.Id);
}
