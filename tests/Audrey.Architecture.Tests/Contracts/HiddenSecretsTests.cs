using System.Reflection;
using System.Runtime.CompilerServices;

namespace Audrey.Architecture.Tests.Contracts;

public sealed class HiddenSecretsTests
{
    private const string Sentinel = "not-to-be-shown";

    [Fact]
    public void Types_that_hold_secrets_are_found() => Assert.True(Holders().Count() >= 5);

    [Fact]
    public void The_text_of_a_type_never_shows_a_secret() => Rule.Holds(
        "The text of a record contains all its members, and logs and errors may contain this text. Override ToString:",
        from holder in Holders()
        where Text(holder.Type, holder.Field).Contains(Sentinel, StringComparison.Ordinal)
        select $"{holder.Type.FullName} shows {holder.Field.Name}");

    private static IEnumerable<(Type Type, FieldInfo Field)> Holders() =>
        from type in Repository.TypesOf(Repository.Assemblies)
        where type.Namespace?.StartsWith("Audrey.", StringComparison.Ordinal) == true
        where !type.IsAbstract && !type.IsByRefLike && !type.ContainsGenericParameters
        where !type.IsDefined(typeof(CompilerGeneratedAttribute))
        from field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        where field.FieldType == typeof(string) && IsSecret(type, field.Name)
        select (type, field);

    // In a struct, the field of the property Value holds an id, which is not secret.
    private static bool IsSecret(Type type, string field) =>
        field.Contains("secret", StringComparison.OrdinalIgnoreCase)
        || field.Contains("password", StringComparison.OrdinalIgnoreCase)
        || field.Contains("<Contents>", StringComparison.Ordinal)
        || (!type.IsValueType && (field.StartsWith("<Value>", StringComparison.Ordinal)
            || field.StartsWith("<Default>", StringComparison.Ordinal)));

    private static string Text(Type type, FieldInfo field)
    {
        var holder = RuntimeHelpers.GetUninitializedObject(type);
        field.SetValue(holder, Sentinel);
        return holder.ToString() ?? "";
    }
}
